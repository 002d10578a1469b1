namespace TensorWasm.Runtime;

/// <summary>
/// Threads for guests that may run long or wait, so that they hold up neither the thread pool nor each other: the
/// operating system shares the processors out among them. As many as admitted guests need are made; those that have
/// nothing to do for a while end.
/// </summary>
internal sealed class GuestThreads
{
    private static readonly TimeSpan IdleTime = TimeSpan.FromSeconds(10);

    /// <summary>Those that wait for work, the latest last; also the lock.</summary>
    private readonly List<Worker> _idle = [];

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
            if (_idle.Count == 0)
            {
                _ = new Worker(this, run, context);
            }
            else
            {
                var worker = _idle[^1];
                _idle.RemoveAt(_idle.Count - 1);
                worker.Give(run, context);
            }
        }
        return done.Task;
    }

    private sealed class Worker
    {
        private readonly GuestThreads _threads;
        private readonly object _gate = new();
        private Action? _work;
        private ExecutionContext? _context;

        internal Worker(GuestThreads threads, Action work, ExecutionContext? context)
        {
            (_threads, _work, _context) = (threads, work, context);
            new Thread(Run) { IsBackground = true, Name = "guest" }.UnsafeStart();
        }

        /// <summary>Gives it work; the caller has taken it from the idle, under their lock.</summary>
        internal void Give(Action work, ExecutionContext? context)
        {
            lock (_gate)
            {
                (_work, _context) = (work, context);
                Monitor.Pulse(_gate);
            }
        }

        private void Run()
        {
            do
            {
                var (work, context) = (_work!, _context);
                (_work, _context) = (null, null);
                if (context is null) work();
                else ExecutionContext.Run(context, static work => ((Action)work!)(), work);
                lock (_threads._idle) _threads._idle.Add(this);
            }
            while (IsGivenWork());
        }

        private bool IsGivenWork()
        {
            lock (_gate)
            {
                if (_work is not null || Monitor.Wait(_gate, IdleTime)) return true;
            }

            // It leaves, unless work was given at the last moment: then it is not among the idle any more.
            lock (_threads._idle) return !_threads._idle.Remove(this);
        }
    }
}
