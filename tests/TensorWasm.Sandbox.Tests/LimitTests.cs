using System.Runtime.CompilerServices;

namespace TensorWasm.Sandbox.Tests;

/// <summary>What a guest takes ends at its store's limits, and what is unused goes.</summary>
public sealed class LimitTests
{
    [Theory]
    [InlineData(BoundsChecks.Automatic)]
    [InlineData(BoundsChecks.Explicit)]
    public void Memory_grows_to_its_limit_and_no_further(BoundsChecks mode)
    {
        var engine = Guests.Engine(mode);
        using var bystander = new Bystander(engine);
        foreach (var type in (string[])["i32", "i64"])
        {
            using var store = new Store(engine, new StoreLimits { MaxMemoryBytes = 10 << 16 });
            var instance = Guests.Instantiate(store, $"""
                (module (memory {type} 1)
                  (func (export "grow") (param {type}) (result {type}) (memory.grow (local.get 0)))
                  (func (export "all") (loop (br_if 0 ({type}.ne (memory.grow ({type}.const 1)) ({type}.const -1)))))
                  (func (export "touch") (param {type}) (i32.store (local.get 0) (i32.const 1))))
                """);
            object Number(long value) => type == "i32" ? unchecked((int)value) : (object)value;
            foreach (var excess in (long[])[10, 65_536, int.MaxValue, uint.MaxValue, -1])
            {
                Assert.Equal(Number(-1), instance.Call("grow", Number(excess)));
            }
            instance.Call("all");
            Assert.Equal(Number(10), instance.Call("grow", Number(0)));
            instance.Call("touch", Number((10 << 16) - 4));
            Guests.AssertTraps(TrapCode.MemoryOutOfBounds, () => instance.Call("touch", Number((10 << 16) - 3)));
        }
        using var small = new Store(engine, new StoreLimits { MaxMemoryBytes = 1 << 16 });
        Assert.Throws<LimitExceededException>(() => Guests.Instantiate(small, "(module (memory 2))"));
    }

    [Theory]
    [InlineData(BoundsChecks.Automatic)]
    [InlineData(BoundsChecks.Explicit)]
    public void Tables_grow_to_their_limit_and_no_further(BoundsChecks mode)
    {
        var engine = Guests.Engine(mode);
        using var bystander = new Bystander(engine);
        using var store = new Store(engine, new StoreLimits { MaxTableElements = 1000, MaxTables = 2 });
        var instance = Guests.Instantiate(store, """
            (module (table $f 1 funcref) (table $e i64 1 externref)
              (func (export "f") (param i32) (result i32) (table.grow $f (ref.null func) (local.get 0)))
              (func (export "e") (param i64) (result i64) (table.grow $e (ref.null extern) (local.get 0)))
              (func (export "all") (loop (br_if 0 (i32.ne (table.grow $f (ref.null func) (i32.const 7)) (i32.const -1))))))
            """);
        foreach (var excess in (int[])[1000, int.MaxValue, -1]) Assert.Equal(-1, instance.Call("f", excess));
        foreach (var excess in (long[])[1000, long.MaxValue, -1, 1L << 32]) Assert.Equal(-1L, instance.Call("e", excess));
        instance.Call("all");
        Assert.Equal(995, instance.Call("f", 5));
        Assert.Equal(-1, instance.Call("f", 1));
        Assert.Throws<LimitExceededException>(() => Guests.Instantiate(store, "(module (table 1 funcref))"));
        Assert.Throws<LimitExceededException>(() => Guests.Instantiate(store, "(module (table 1001 funcref))"));
    }

    [Theory]
    [InlineData(BoundsChecks.Automatic)]
    [InlineData(BoundsChecks.Explicit)]
    public void Ten_thousand_instances_and_not_one_more(BoundsChecks mode)
    {
        var engine = Guests.Engine(mode);
        var module = Guests.Compile(
            engine, "(module (memory 1) (func (export \"f\") (param i32) (result i32) (i32.store (i32.const 8) (local.get 0)) (i32.load (i32.const 8))))");
        var linker = new Linker(engine);
        using var store = new Store(engine, new StoreLimits { MaxMemories = 20_000 });
        var instances = new List<Instance>();
        for (var i = 0; i < StoreLimits.Default.MaxInstances; i++) instances.Add(linker.Instantiate(store, module));
        for (var i = 0; i < instances.Count; i += 97) Assert.Equal(i, instances[i].Call("f", i));
        Assert.Throws<LimitExceededException>(() => linker.Instantiate(store, module));
        Assert.Equal(5, instances[^1].Call("f", 5));
    }

    [Theory]
    [InlineData(BoundsChecks.Automatic)]
    [InlineData(BoundsChecks.Explicit)]
    public void Fuel_runs_out_at_the_same_point_every_time(BoundsChecks mode)
    {
        var engine = Guests.Engine(mode, countsFuel: true);
        var module = Guests.Compile(engine, """
            (module (global $n (export "n") (mut i64) (i64.const 0))
              (func $f (param i32) (if (local.get 0) (then (call $f (i32.sub (local.get 0) (i32.const 1))))))
              (func (export "run") (loop (global.set $n (i64.add (global.get $n) (i64.const 1))) (call $f (i32.const 5)) (br 0))))
            """);
        var counts = new HashSet<object?>();
        for (var i = 0; i < 5; i++)
        {
            using var store = new Store(engine) { Fuel = 100_000 };
            var instance = new Linker(engine).Instantiate(store, module);
            Guests.AssertTraps(TrapCode.OutOfFuel, () => instance.Call("run"));
            counts.Add(instance.GetGlobal("n")!.Value);
            Assert.True(store.Fuel <= 0);
            Guests.AssertTraps(TrapCode.OutOfFuel, () => instance.Call("run"));
            store.Fuel = 1_000;
            Guests.AssertTraps(TrapCode.OutOfFuel, () => instance.Call("run"));
        }
        Assert.Single(counts);
        Assert.True((long)counts.Single()! > 100);
    }

    [Theory]
    [InlineData(BoundsChecks.Automatic)]
    [InlineData(BoundsChecks.Explicit)]
    public void Code_unloads_when_nothing_uses_it(BoundsChecks mode)
    {
        var engine = Guests.Engine(mode);
        var code = RunAndForget(engine);
        for (var i = 0; i < 50 && code.IsAlive; i++)
        {
            GC.Collect();
            GC.WaitForPendingFinalizers();
        }
        Assert.False(code.IsAlive, "the module's assembly is still loaded");
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static WeakReference RunAndForget(WasmEngine engine)
    {
        using var store = new Store(engine);
        var instance = Guests.Instantiate(
            store,
            "(module (memory 1) (func (export \"f\") (result i32) (i32.const 3)) (func (export \"trap\") (drop (i32.load (i32.const -1)))))");
        Assert.Equal(3, instance.Call("f"));
        Assert.Equal(3, instance.GetFunction("f")!.CreateDelegate<Func<int>>()());
        Assert.Single(Guests.AssertTraps(TrapCode.MemoryOutOfBounds, () => instance.Call("trap")).Frames);
        return new WeakReference(instance.GetFunction("f")!.Context.GetType().Assembly);
    }
}
