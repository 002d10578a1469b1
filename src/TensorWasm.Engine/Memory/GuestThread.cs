using System.Runtime.ExceptionServices;

namespace TensorWasm.Engine;

/// <summary>
/// Threads whose stack size the engine chose, for guests that need more than the calling thread has. They are pooled by
/// size: handing work to an idle one takes some 10 us, starting one 100.
/// </summary>
internal sealed class GuestThread : IDisposable
{
    /// <summary>Idle threads of one size that are kept.</summary>
    private const int MaxIdle = 16;

    /// <summary>What the thread's own frames and the callee's way into the guest take, on top of the reserve.</summary>
    private const int Overhead = 64 << 10;

    private const int Granule = 64 << 10;

    private static readonly TimeSpan IdleTime = TimeSpan.FromSeconds(10);
    private static readonly Lock Gate = new();
    private static readonly Dictionary<int, List<GuestThread>> Idle = [];

    private readonly AutoResetEvent _work = new(false);
    private readonly int _stackBytes;
    private Action? _next;

    private GuestThread(int stackBytes) => _stackBytes = stackBytes;

    /// <summary>Runs a function on a thread of its own, and waits for it.</summary>
    /// <param name="stackBytes">What <see cref="ThreadStack.Remaining"/> is at least for the function.</param>
    /// <param name="function">What to run. It sees the caller's execution context; what it throws is thrown here.</param>
    /// <exception cref="OutOfMemoryException">The thread could not be started.</exception>
    internal static T Run<T>(int stackBytes, Func<T> function)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(stackBytes);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(stackBytes, 1 << 30);
        T result = default!;
        ExceptionDispatchInfo? failure = null;
        var context = ExecutionContext.Capture();
        var done = new ManualResetEventSlim();
        Rent(Size(stackBytes)).Start(() =>
        {
            try
            {
                if (context is null)
                    result = function();
                else
                    ExecutionContext.Run(context, _ => result = function(), null);
            }
            catch (Exception e)
            {
                failure = ExceptionDispatchInfo.Capture(e);
            }
            finally
            {
                done.Set();
            }
        });
        WaitFor(done);
        failure?.Throw();
        return result;
    }

    /// <summary>
    /// The guest runs on memory that the caller keeps alive, so not even <see cref="Thread.Interrupt"/> may end the wait.
    /// </summary>
    private static void WaitFor(ManualResetEventSlim done)
    {
        var isInterrupted = false;
        while (true)
        {
            try
            {
                done.Wait();
                break;
            }
            catch (ThreadInterruptedException)
            {
                isInterrupted = true;
            }
        }
        if (isInterrupted)
            Thread.CurrentThread.Interrupt();
    }

    /// <inheritdoc/>
    public void Dispose() => _work.Dispose();

    private static int Size(int stackBytes) =>
        (stackBytes + ThreadStack.Reserve + Overhead + Granule - 1) / Granule * Granule;

    private static GuestThread Rent(int size)
    {
        lock (Gate)
        {
            if (Idle.TryGetValue(size, out var threads) && threads.Count > 0)
            {
                // The last one is the warmest.
                var thread = threads[^1];
                threads.RemoveAt(threads.Count - 1);
                return thread;
            }
        }
        var started = new GuestThread(size);
        new Thread(started.Loop, size) { IsBackground = true, Name = "wasm guest" }.Start();
        return started;
    }

    private void Start(Action work)
    {
        _next = work;
        _work.Set();
    }

    private void Loop()
    {
        using (this)
            Serve();
    }

    private void Serve()
    {
        while (true)
        {
            if (!_work.WaitOne(IdleTime) && TryRetire())
                return;

            // One that was rented between the wait's end and the attempt to retire has work coming.
            var work = Interlocked.Exchange(ref _next, null);
            if (work is null)
                continue;
            work();
            work = null;
            if (!TryIdle())
                return;
        }
    }

    private bool TryIdle()
    {
        lock (Gate)
        {
            if (!Idle.TryGetValue(_stackBytes, out var threads))
                Idle.Add(_stackBytes, threads = []);
            if (threads.Count >= MaxIdle)
                return false;
            threads.Add(this);
            return true;
        }
    }

    private bool TryRetire()
    {
        lock (Gate)
            return Idle.TryGetValue(_stackBytes, out var threads) && threads.Remove(this);
    }
}
