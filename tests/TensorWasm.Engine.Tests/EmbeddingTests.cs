using System.Runtime.Intrinsics;

namespace TensorWasm.Engine.Tests;

/// <summary>The embedding interface as a host uses it.</summary>
public sealed class EmbeddingTests
{
    [Fact]
    public void Exports_become_typed_delegates()
    {
        using var guest = Guest.Load("""
            (module
              (func (export "mix") (param i32 i64 f32 f64) (result f64)
                (f64.add
                  (f64.add (f64.convert_i32_s (local.get 0)) (f64.convert_i64_s (local.get 1)))
                  (f64.add (f64.promote_f32 (local.get 2)) (local.get 3))))
              (func (export "swap") (param i32 i64) (result i64 i32) (local.get 1) (local.get 0))
              (func (export "splat") (param i32) (result v128) (i32x4.splat (local.get 0))))
            """);
        var mix = guest.Instance.GetFunction("mix")!.CreateDelegate<Func<int, long, float, double, double>>();
        Assert.Equal(1 + 20 + 0.5 + 0.25, mix(1, 20, 0.5f, 0.25));
        var swap = guest.Instance.GetFunction("swap")!.CreateDelegate<Func<int, long, (long, int)>>();
        Assert.Equal((5L, 4), swap(4, 5));
        Assert.Equal(new object[] { 5L, 4 }, guest.Call("swap", 4, 5L));
        var splat = guest.Instance.GetFunction("splat")!.CreateDelegate<Func<int, Vector128<byte>>>();
        Assert.Equal(Vector128.Create(7).AsByte(), splat(7));
    }

    [Fact]
    public void A_delegate_of_another_signature_is_refused()
    {
        using var guest = Guest.Load("""(module (func (export "f") (param i32)))""");
        var error = Assert.Throws<ArgumentException>(() => guest.Instance.GetFunction("f")!.CreateDelegate<Func<int, int>>());
        Assert.Contains("[i32] -> []", error.Message, StringComparison.Ordinal);
        Assert.Throws<ArgumentException>(() => guest.Call("f"));
        Assert.Throws<ArgumentException>(() => guest.Call("f", 1L));
    }

    [Fact]
    public void Results_beyond_seven_nest_as_tuples_do()
    {
        using var guest = Guest.Load("""
            (module
              (func $nine (result i32 i32 i32 i32 i32 i32 i32 i32 i32)
                (i32.const 1) (i32.const 2) (i32.const 3) (i32.const 4) (i32.const 5)
                (i32.const 6) (i32.const 7) (i32.const 8) (i32.const 9))
              (func (export "nine") (result i32 i32 i32 i32 i32 i32 i32 i32 i32) (call $nine)))
            """);
        var nine = guest.Instance.GetFunction("nine")!.CreateDelegate<Func<(int, int, int, int, int, int, int, int, int)>>();
        Assert.Equal((1, 2, 3, 4, 5, 6, 7, 8, 9), nine());
    }

    [Fact]
    public void Host_functions_see_their_caller_and_its_memory()
    {
        var heard = "";
        using var guest = Guest.Load(
            """
            (module
              (import "host" "say" (func $say (param i32 i32)))
              (memory (export "memory") 1)
              (data (i32.const 100) "hello")
              (func (export "run") (call $say (i32.const 100) (i32.const 5))))
            """,
            define: linker => linker.DefineFunction(
                "host", "say",
                (Caller caller, int address, int length) =>
                {
                    heard = System.Text.Encoding.UTF8.GetString(caller.GetSpan((uint)address, length));
                    Assert.False(caller.TryGetSpan(65_536, 1, out _));
                }));
        guest.Call("run");
        Assert.Equal("hello", heard);
    }

    [Fact]
    public void Exceptions_of_host_functions_pass_through_guests_unharmed()
    {
        var thrown = new NullReferenceException("the host's own");
        using var guest = Guest.Load(
            """
            (module
              (import "host" "fail" (func $fail))
              (func (export "run") (call $fail)))
            """,
            define: linker => linker.DefineFunction("host", "fail", () => { throw thrown; }));
        Assert.Same(thrown, Assert.Throws<NullReferenceException>(() => guest.Call("run")));
        Assert.Same(thrown, Assert.Throws<NullReferenceException>(() => guest.Call("run")));
    }

    [Fact]
    public void Traps_carry_a_code_and_a_backtrace_with_names()
    {
        using var guest = Guest.Load("""
            (module $shop
              (func $inner (param i32) (result i32) (i32.div_s (i32.const 1) (local.get 0)))
              (func $outer (export "run") (result i32) (i32.add (call $inner (i32.const 0)) (i32.const 1))))
            """);
        var trap = Assert.Throws<TrapException>(() => guest.Call("run"));
        Assert.Equal(TrapCode.IntegerDivideByZero, trap.Code);
        Assert.Contains(trap.Frames, frame => frame is { Name: "outer", ModuleName: "shop" });
        Assert.Contains("integer divide by zero", trap.ToString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("unreachable", TrapCode.Unreachable)]
    [InlineData("(drop (i32.load (i32.const 65533)))", TrapCode.MemoryOutOfBounds)]
    [InlineData("(call_indirect (i32.const 9))", TrapCode.UndefinedElement)]
    [InlineData("(call_indirect (i32.const 0))", TrapCode.IndirectCallToNull)]
    [InlineData("(drop (table.get (i32.const 9)))", TrapCode.TableOutOfBounds)]
    [InlineData("(drop (i32.trunc_f64_s (f64.const nan)))", TrapCode.InvalidConversionToInteger)]
    [InlineData("(drop (i32.trunc_f64_s (f64.const 1e30)))", TrapCode.IntegerOverflow)]
    [InlineData("(call $f)", TrapCode.StackOverflow)]
    public void Each_trap_has_its_code_and_the_instance_goes_on(string body, TrapCode expected)
    {
        foreach (var checks in (ReadOnlySpan<BoundsChecks>)[BoundsChecks.Automatic, BoundsChecks.Explicit])
        {
            using var guest = Guest.Load(
                $"""(module (memory 1) (table 1 funcref) (func $f (export "f") {body}) (func (export "ok") (result i32) (i32.const 7)))""",
                new EngineOptions { BoundsChecks = checks });
            Assert.Equal(expected, Assert.Throws<TrapException>(() => guest.Call("f")).Code);
            Assert.Equal(7, guest.Call("ok"));
        }
    }

    [Fact]
    public void What_cannot_be_linked_says_which_import_and_why()
    {
        var missing = Assert.Throws<LinkException>(() => Guest.Load("""(module (import "a" "b" (func)))"""));
        Assert.Equal(("unknown import", "a", "b"), (missing.Reason, missing.Module, missing.Name));
        var wrong = Assert.Throws<LinkException>(() => Guest.Load(
            """(module (import "a" "b" (func (param i32))))""",
            define: linker => linker.DefineFunction("a", "b", () => { })));
        Assert.Equal("incompatible import type", wrong.Reason);
        Assert.Contains("[i32] -> []", wrong.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Limits_of_the_store_hold()
    {
        var limits = new StoreLimits { MaxMemoryBytes = 3 * 65_536, MaxTableElements = 10, MaxInstances = 1 };
        using var guest = Guest.Load(
            """
            (module
              (memory (export "memory") 1) (table 5 funcref)
              (func (export "grow") (param i32) (result i32) (memory.grow (local.get 0)))
              (func (export "more") (param i32) (result i32) (table.grow (ref.null func) (local.get 0))))
            """,
            limits: limits);
        Assert.Equal(1, guest.Call("grow", 2));
        Assert.Equal(-1, guest.Call("grow", 1));
        Assert.Equal(5, guest.Call("more", 5));
        Assert.Equal(-1, guest.Call("more", 1));
        Assert.Throws<LimitExceededException>(() => new Linker(guest.Store.Engine).Instantiate(guest.Store, guest.Instance.Module));
        Assert.Throws<LimitExceededException>(() => Guest.Load("(module (memory 4))", limits: limits));
    }

    [Fact]
    public void A_running_guest_is_interrupted_by_time_and_by_token()
    {
        using var guest = Guest.Load("""
            (module
              (func (export "spin") (loop $l (br $l)))
              (func (export "ok") (result i32) (i32.const 7)))
            """);
        using (guest.Store.InterruptAfter(TimeSpan.FromMilliseconds(50)))
        {
            Assert.Equal(TrapCode.Interrupted, Assert.Throws<TrapException>(() => guest.Call("spin")).Code);
        }
        Assert.Equal(7, guest.Call("ok"));
        using var source = new CancellationTokenSource(50);
        using (guest.Store.InterruptOn(source.Token))
        {
            Assert.Equal(TrapCode.Interrupted, Assert.Throws<TrapException>(() => guest.Call("spin")).Code);
        }
        Assert.Equal(7, guest.Call("ok"));
    }

    [Fact]
    public void Globals_tables_and_memories_are_shared_between_instances()
    {
        var engine = new WasmEngine();
        using var store = new Store(engine);
        var linker = new Linker(engine);
        var first = linker.Instantiate(store, engine.Compile("""
            (module
              (global (export "g") (mut i32) (i32.const 1))
              (memory (export "m") 1)
              (table (export "t") 2 funcref)
              (func (export "read") (result i32) (i32.add (global.get 0) (i32.load (i32.const 0)))))
            """u8.ToArray()));
        linker.DefineInstance("first", first);
        linker.Instantiate(store, engine.Compile("""
            (module
              (import "first" "g" (global $g (mut i32)))
              (import "first" "m" (memory 1))
              (import "first" "t" (table 2 funcref))
              (func $f (result i32) (i32.const 99))
              (elem (i32.const 1) $f)
              (func $init (global.set $g (i32.const 10)) (i32.store (i32.const 0) (i32.const 5)))
              (start $init))
            """u8.ToArray()));
        Assert.Equal(15, first.GetFunction("read")!.Invoke());
        Assert.Equal(10, first.GetGlobal("g")!.Value);
        Assert.Equal(99, ((Function)first.GetTable("t")![1]!).Invoke());
        Assert.Null(first.GetTable("t")![0]);
        Assert.Equal(5, first.GetMemory("m")!.Read<int>(0));
    }
}
