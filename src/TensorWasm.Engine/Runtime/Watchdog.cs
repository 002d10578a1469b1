namespace TensorWasm.Engine;

/// <summary>
/// One thread that interrupts stores when their time is up, and again until the guest has stopped: an interruption can
/// cross the moment at which a thread enters the store and sets its own stack limit.
/// </summary>
internal static class Watchdog
{
    private static readonly TimeSpan Again = TimeSpan.FromMilliseconds(1);
    private static readonly Lock Gate = new();
    private static readonly AutoResetEvent Changed = new(false);
    private static readonly PriorityQueue<Entry, long> Queue = new();
    private static bool _isRunning;

    internal static IDisposable Schedule(Store store, TimeSpan time)
    {
        var entry = new Entry(store);
        Add(entry, time);
        return entry;
    }

    internal static void KeepInterrupting(Store store) => Add(new Entry(store) { IsRepeat = true }, Again);

    private static void Add(Entry entry, TimeSpan time)
    {
        var due = Environment.TickCount64 + Math.Max(0, (long)Math.Ceiling(time.TotalMilliseconds));
        bool isFirst;
        lock (Gate)
        {
            isFirst = !Queue.TryPeek(out _, out var next) || due < next;
            Queue.Enqueue(entry, due);
            if (!_isRunning)
            {
                _isRunning = true;
                new Thread(Run) { IsBackground = true, Name = "wasm watchdog", Priority = ThreadPriority.Highest }.Start();
            }
        }
        if (isFirst) Changed.Set();
    }

    private static void Run()
    {
        while (true)
        {
            var wait = Timeout.Infinite;
            Entry? due = null;
            lock (Gate)
            {
                if (Queue.TryPeek(out var entry, out var time))
                {
                    var left = time - Environment.TickCount64;
                    if (left <= 0) due = Queue.Dequeue();
                    else wait = (int)Math.Min(left, int.MaxValue);
                }
            }
            if (due is null) Changed.WaitOne(wait);
            else due.Fire();
        }
    }

    private sealed class Entry(Store store) : IDisposable
    {
        private Store? _store = store;

        internal bool IsRepeat { get; init; }

        public void Dispose() => Interlocked.Exchange(ref _store, null)?.Resume();

        internal void Fire()
        {
            if (_store is not { } target) return;
            if (!IsRepeat) target.Interrupt();
            else if (target.ReapplyInterrupt()) Add(this, Again);
        }
    }
}
