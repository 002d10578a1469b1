namespace TensorWasm.Runtime;

/// <summary>
/// Threads for guests that may run long or wait, so that they hold up neither the thread pool nor each other: the
/// operating system shares the processors out among them. As many as admitted guests need are made; those that have
/// nothing to do for a while end.
/// </summary>
internal sealed class GuestThreads
{
    private static readonly TimeSpan IdleTime = TimeSpan.FromSeconds(10);

    private readonly Stack<Worker> _idle = [];

    /// <summary>Runs work on a thread of its own, in the caller's execution context: its trace goes on there.</summary>
    internal Task<T> RunAsync<T>(Func<T> work)
    {
        var done = new TaskCompletionSource<T>(TaskCreationOptions.RunContinuationsAsynchronously);
        Action run = () =>
        {
            try
            {
                done.SetResult(work());
            }
            catch (Exception e)
            {
                done.SetException(e);
            }
        };
        var context = ExecutionContext.Capture();
        lock (_idle)
        {
            if (_idle.TryPop(out var worker)) worker.Give(run, context);
            else _ = new Worker(this, run, context);
        }
        return done.Task;
    }

    private sealed class Worker
    {
        private readonly GuestThreads _threads;
        private readonly SemaphoreSlim _given = new(0);
        private Action? _work;
        private ExecutionContext? _context;

        internal Worker(GuestThreads threads, Action work, ExecutionContext? context)
        {
            (_threads, _work, _context) = (threads, work, context);
            new Thread(Run) { IsBackground = true, Name = "guest" }.UnsafeStart();
        }

        internal void Give(Action work, ExecutionContext? context)
        {
            (_work, _context) = (work, context);
            _given.Release();
        }

        private void Run()
        {
            while (_work is { } work)
            {
                var context = _context;
                (_work, _context) = (null, null);
                if (context is null) work();
                else ExecutionContext.Run(context, static work => ((Action)work!)(), work);
                lock (_threads._idle) _threads._idle.Push(this);
                if (!_given.Wait(IdleTime)) Leave();
            }
            _given.Dispose();
        }

        // Unless work was given at the last moment, when the worker is not among the idle any more.
        private void Leave()
        {
            lock (_threads._idle)
            {
                Worker[] others = [.. _threads._idle.Where(other => other != this).Reverse()];
                if (others.Length == _threads._idle.Count) return;
                _threads._idle.Clear();
                foreach (var other in others) _threads._idle.Push(other);
            }
        }
    }
}
