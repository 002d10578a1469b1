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

    /// <summary>What is due next comes first; entries that no longer count are taken out at once.</summary>
    private static readonly SortedSet<Entry> Queue = new(Comparer<Entry>.Create(
        static (a, b) => a.Due != b.Due ? a.Due.CompareTo(b.Due) : a.Number.CompareTo(b.Number)));

    private static long _lastNumber;
    private static bool _isRunning;

    internal static IDisposable Schedule(Store store, TimeSpan time)
    {
        var entry = new Entry(store);
        Add(entry, time);
        return entry;
    }

    internal static void KeepInterrupting(Store store) => Add(new Entry(store) { IsRepeat = true }, Again);

    /// <summary>How many entries wait.</summary>
    internal static int Count
    {
        get
        {
            lock (Gate) return Queue.Count;
        }
    }

    private static void Add(Entry entry, TimeSpan time)
    {
        var due = Environment.TickCount64 + Math.Max(0, (long)Math.Ceiling(time.TotalMilliseconds));
        bool isFirst;
        lock (Gate)
        {
            isFirst = Queue.Min is not { } next || due < next.Due;
            entry.Due = due;
            entry.Number = ++_lastNumber;
            Queue.Add(entry);
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
                if (Queue.Min is { } first)
                {
                    var left = first.Due - Environment.TickCount64;
                    if (left <= 0) Queue.Remove(due = first);
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

        /// <summary>When to fire, in the ticks of <see cref="Environment.TickCount64"/>; fixed while it is queued.</summary>
        internal long Due { get; set; }

        /// <summary>Tells entries apart that are due at once.</summary>
        internal long Number { get; set; }

        public void Dispose()
        {
            if (Interlocked.Exchange(ref _store, null) is not { } target) return;
            lock (Gate) Queue.Remove(this);
            target.Resume();
        }

        internal void Fire()
        {
            if (_store is not { } target) return;
            if (!IsRepeat) target.Interrupt();
            else if (target.ReapplyInterrupt()) Add(this, Again);
        }
    }
}
