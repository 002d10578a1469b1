namespace TensorWasm.Sandbox.Tests;

/// <summary>
/// A healthy guest in a store of its own that another thread calls over and over: what an attack must not disturb.
/// </summary>
internal sealed class Bystander : IDisposable
{
    private const string Text = """
        (module (memory (export "memory") 1)
          (func $fib (export "fib") (param i32) (result i32)
            (if (result i32) (i32.lt_u (local.get 0) (i32.const 2))
              (then (local.get 0))
              (else (i32.add (call $fib (i32.sub (local.get 0) (i32.const 1)))
                             (call $fib (i32.sub (local.get 0) (i32.const 2)))))))
          (func (export "serve") (param i32) (result i32)
            (i32.store (i32.const 65532) (call $fib (local.get 0)))
            (i32.load (i32.const 65532))))
        """;

    private readonly Store _store;
    private readonly Func<int, int> _serve;
    private readonly Thread _thread;
    private volatile Exception? _failure;
    private volatile bool _stops;
    private long _served;

    internal Bystander(WasmEngine engine)
    {
        _store = new Store(engine);
        _serve = Guests.Instantiate(_store, Text).GetFunction("serve")!.CreateDelegate<Func<int, int>>();
        _thread = new Thread(Serve) { IsBackground = true };
        _thread.Start();
    }

    /// <summary>Asserts that it served all the while and still does.</summary>
    public void Dispose()
    {
        var before = Interlocked.Read(ref _served);
        var served = SpinWait.SpinUntil(() => Interlocked.Read(ref _served) > before || _failure is not null, 20_000);
        _stops = true;
        _thread.Join();
        _store.Dispose();
        Assert.Null(_failure);
        Assert.True(served, "the bystander no longer serves");
    }

    private void Serve()
    {
        try
        {
            while (!_stops)
            {
                var answer = _serve(12);
                if (answer != 144) throw new InvalidOperationException($"fib(12) = {answer}");
                Interlocked.Increment(ref _served);
                Thread.Sleep(1);
            }
        }
        catch (Exception e)
        {
            _failure = e;
        }
    }
}
