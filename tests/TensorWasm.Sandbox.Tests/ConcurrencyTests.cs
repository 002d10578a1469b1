namespace TensorWasm.Sandbox.Tests;

/// <summary>Many threads, the garbage collector, interruption and disposal at the worst moments.</summary>
public sealed class ConcurrencyTests
{
    private const string Trapper = """
        (module (memory (export "memory") 1) (table 1 funcref) (type $t (func))
          (func $deep (call $deep))
          (func (export "memory out of bounds") (drop (i32.load (i32.const -4))))
          (func (export "division") (drop (i32.div_s (i32.const 1) (i32.const 0))))
          (func (export "overflow") (drop (i32.div_s (i32.const 0x80000000) (i32.const -1))))
          (func (export "null call") (call_indirect (type $t) (i32.const 0)))
          (func (export "index") (call_indirect (type $t) (i32.const 9)))
          (func (export "unreachable") (unreachable))
          (func (export "stack") (call $deep))
          (func (export "sum") (param i32) (result i32) (local i32)
            (loop (i32.store (local.get 0) (local.get 0)) (local.set 1 (i32.add (local.get 1) (i32.load (local.get 0))))
              (br_if 0 (local.tee 0 (i32.sub (local.get 0) (i32.const 4)))))
            (local.get 1)))
        """;

    private static readonly (string Name, TrapCode Code)[] Traps =
    [
        ("memory out of bounds", TrapCode.MemoryOutOfBounds), ("division", TrapCode.IntegerDivideByZero),
        ("overflow", TrapCode.IntegerOverflow), ("null call", TrapCode.IndirectCallToNull),
        ("index", TrapCode.UndefinedElement), ("unreachable", TrapCode.Unreachable),
    ];

    [Fact]
    public void Sixteen_threads_trap_at_once()
    {
        Isolated.Run(typeof(ConcurrencyTests), mode =>
        {
            var engine = Guests.Engine(mode);
            var module = Guests.Compile(engine, Trapper);
            OnThreads(16, _ =>
            {
                using var store = new Store(engine);
                var instance = new Linker(engine).Instantiate(store, module);
                for (var i = 0; i < 40; i++)
                {
                    foreach (var (name, code) in Traps) Guests.AssertTraps(code, () => instance.Call(name));
                    if (i % 20 == 0) Guests.AssertTraps(TrapCode.StackOverflow, () => instance.Call("stack"));
                    Assert.Equal(Sum(112), instance.Call("sum", 112));
                }
            });
        });
    }

    [Fact]
    public void The_garbage_collector_compacts_while_guests_loop_and_trap()
    {
        Isolated.Run(typeof(ConcurrencyTests), mode =>
        {
            var engine = Guests.Engine(mode);
            var module = Guests.Compile(engine, Trapper);
            using var done = new CancellationTokenSource();
            var collector = new Thread(() =>
            {
                while (!done.IsCancellationRequested)
                {
                    GC.KeepAlive(Enumerable.Range(0, 100).Select(i => new byte[i * 100]).ToArray());
                    GC.Collect(GC.MaxGeneration, GCCollectionMode.Forced, blocking: true, compacting: true);
                }
            });
            collector.Start();
            try
            {
                OnThreads(4, _ =>
                {
                    using var store = new Store(engine);
                    var instance = new Linker(engine).Instantiate(store, module);
                    for (var i = 0; i < 150; i++)
                    {
                        var (name, code) = Traps[i % Traps.Length];
                        Guests.AssertTraps(code, () => instance.Call(name));
                        Assert.Equal(Sum(65_000), instance.Call("sum", 65_000));
                    }
                });
            }
            finally
            {
                done.Cancel();
                collector.Join();
            }
        });
    }

    [Fact]
    public void Interruption_races_with_entry_and_exit()
    {
        Isolated.Run(typeof(ConcurrencyTests), mode =>
        {
            var engine = Guests.Engine(mode);
            using var store = new Store(engine);
            var instance = Guests.Instantiate(
                store, "(module (func (export \"loop\") (loop (br 0))) (func (export \"short\") (result i32) (i32.const 1)))");
            var loop = instance.GetFunction("loop")!.CreateDelegate<Action>();
            var shortCall = instance.GetFunction("short")!.CreateDelegate<Func<int>>();
            using var entering = new Barrier(2);
            const int rounds = 4_000;
            var interrupter = new Thread(() =>
            {
                for (var i = 0; i < rounds; i++)
                {
                    entering.SignalAndWait();
                    Thread.SpinWait(i % 200);
                    store.Interrupt();
                    entering.SignalAndWait();
                }
            });
            interrupter.Start();
            for (var i = 0; i < rounds; i++)
            {
                entering.SignalAndWait();
                Guests.AssertTraps(TrapCode.Interrupted, () =>
                {
                    for (var j = 0; j < 20; j++) shortCall();
                    loop();
                });
                entering.SignalAndWait();
                store.Resume();
                Assert.Equal(1, shortCall());
            }
            interrupter.Join();
        });
    }

    [Fact]
    public void A_store_is_disposed_while_its_guest_runs()
    {
        Isolated.Run(typeof(ConcurrencyTests), mode =>
        {
            var engine = Guests.Engine(mode);
            var module = Guests.Compile(
                engine,
                "(module (memory (export \"memory\") 1) (func (export \"run\") (loop (i32.store (i32.const 65532) (i32.load (i32.const 0))) (br 0))))");
            for (var i = 0; i < 200; i++)
            {
                var store = new Store(engine);
                var instance = new Linker(engine).Instantiate(store, module);
                using var running = new ManualResetEventSlim();
                Exception? error = null;
                var thread = new Thread(() =>
                {
                    running.Set();
                    error = Record.Exception(() => instance.Call("run"));
                });
                thread.Start();
                running.Wait();
                if (i % 2 == 0) Thread.Sleep(1);
                store.Dispose();
                Assert.True(thread.Join(10_000), "the guest of a disposed store goes on");
                Assert.True(
                    error is TrapException { Code: TrapCode.Interrupted } or ObjectDisposedException, error?.ToString());
                Assert.ThrowsAny<Exception>(() => instance.Call("run"));
                Assert.ThrowsAny<Exception>(() => instance.DefaultMemory!.Read<int>(0));
            }
        });
    }

    [Theory]
    [InlineData(BoundsChecks.Automatic)]
    [InlineData(BoundsChecks.Explicit)]
    public void Two_threads_can_not_be_in_one_store(BoundsChecks mode)
    {
        var engine = Guests.Engine(mode);
        using var store = new Store(engine);
        using var inside = new ManualResetEventSlim();
        using var leave = new ManualResetEventSlim();
        var linker = new Linker(engine).DefineFunction("host", "wait", () =>
        {
            inside.Set();
            leave.Wait();
        });
        var instance = Guests.Instantiate(
            store,
            "(module (import \"host\" \"wait\" (func $w)) (func (export \"wait\") (call $w)) (func (export \"f\") (result i32) (i32.const 5)))",
            linker);
        var thread = new Thread(() => instance.Call("wait"));
        thread.Start();
        inside.Wait();
        var error = Assert.Throws<InvalidOperationException>(() => instance.Call("f"));
        Assert.Contains("another thread", error.Message, StringComparison.Ordinal);
        leave.Set();
        thread.Join();
        Assert.Equal(5, instance.Call("f"));
    }

    private static int Sum(int from)
    {
        var sum = 0;
        for (var i = from; i > 0; i -= 4) sum += i;
        return sum;
    }

    private static void OnThreads(int count, Action<int> body)
    {
        var failures = new System.Collections.Concurrent.ConcurrentQueue<Exception>();
        var threads = Enumerable.Range(0, count).Select(i => new Thread(() =>
        {
            try
            {
                body(i);
            }
            catch (Exception e)
            {
                failures.Enqueue(e);
            }
        })).ToArray();
        foreach (var thread in threads) thread.Start();
        foreach (var thread in threads) thread.Join();
        Assert.Empty(failures);
    }
}
