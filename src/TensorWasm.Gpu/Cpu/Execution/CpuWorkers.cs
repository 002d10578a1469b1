using System.Diagnostics;

namespace TensorWasm.Gpu.Cpu.Execution;

/// <summary>
/// The threads that run blocks. Launches that are under way take turns: a thread works for one for some 100 us, then for
/// the next, so that short launches pass long ones. How many each tenant may have here at a time is decided before.
/// </summary>
internal sealed class CpuWorkers : IDisposable
{
    private const long SliceNanoseconds = 100_000;

    private readonly object _lock = new();
    private readonly LinkedList<Entry> _entries = [];
    private readonly Thread[] _threads;
    private bool _isDisposed;

    internal CpuWorkers(int threads)
    {
        _threads = new Thread[threads];
        for (int i = 0; i < threads; i++)
        {
            int number = i;
            _threads[i] = new Thread(() => Work(number), 1 << 20)
            {
                IsBackground = true,
                Name = $"tensorwasm-cpu-{number}",
            };
            _threads[i].Start();
        }
    }

    /// <summary>Puts a launch among those that run.</summary>
    /// <param name="launch">The launch.</param>
    /// <param name="ended">Called with its time on the device, in nanoseconds, when its last block has ended.</param>
    internal void Add(CpuLaunch launch, Action<long> ended)
    {
        var entry = new Entry(launch, ended);
        lock (_lock)
        {
            if (!_isDisposed)
            {
                _entries.AddLast(entry);
                Monitor.PulseAll(_lock);
                return;
            }
        }

        launch.Cancel();
        ended(0);
    }

    /// <summary>Cancels what runs and ends the threads.</summary>
    public void Dispose()
    {
        lock (_lock)
        {
            _isDisposed = true;
            foreach (Entry entry in _entries)
            {
                entry.Launch.Cancel();
            }

            Monitor.PulseAll(_lock);
        }

        foreach (Thread thread in _threads)
        {
            thread.Join();
        }
    }

    private void Work(int number)
    {
        using var runner = new BlockRunner(number, _threads.Length);
        while (Next() is { } entry)
        {
            entry.Enter();
            Serve(entry, runner);
            entry.Leave(_threads.Length);
        }
    }

    /// <summary>The launch whose turn it is; null when there will be none any more.</summary>
    private Entry? Next()
    {
        lock (_lock)
        {
            while (true)
            {
                while (_entries.First is { } node)
                {
                    _entries.RemoveFirst();
                    if (node.Value.Launch.HasBlocks)
                    {
                        _entries.AddLast(node);
                        return node.Value;
                    }
                }

                if (_isDisposed)
                {
                    return null;
                }

                Monitor.Wait(_lock);
            }
        }
    }

    private void Serve(Entry entry, BlockRunner runner)
    {
        long start = Stopwatch.GetTimestamp();
        long budget = SliceNanoseconds * Stopwatch.Frequency / 1_000_000_000;
        CpuLaunch launch = entry.Launch;
        long spent = 0;
        while (spent < budget && launch.HasBlocks)
        {
            launch.CheckDeadline();

            // A share of what is left, so that threads end together, but no more than the slice seems to hold.
            long share = Math.Max((launch.Blocks - launch.Given) / (4 * _threads.Length), 1);
            long perBlock = Math.Max(Volatile.Read(ref entry.TicksPerBlock), 1);
            long fits = Math.Clamp((budget - spent) / perBlock, 1, 256);
            long count = launch.Take(entry.TicksPerBlock == 0 ? 1 : Math.Min(share, fits), out long first);
            if (count == 0)
            {
                return;
            }

            runner.Run(launch, first, count);
            long now = Stopwatch.GetTimestamp() - start;
            Volatile.Write(ref entry.TicksPerBlock, ((now - spent) / count) + 1);
            Interlocked.Add(ref entry.Ticks, now - spent);
            spent = now;
            launch.End(count);
        }
    }

    /// <summary>
    /// A launch and the threads that work for it. The last that leaves it says that it has ended, since its memory goes
    /// then. One that comes too late finds no block left and touches nothing else.
    /// </summary>
    private sealed class Entry(CpuLaunch launch, Action<long> ended)
    {
        internal long Ticks;
        internal long TicksPerBlock;
        private int _inside;
        private int _hasEnded;

        internal CpuLaunch Launch { get; } = launch;

        internal void Enter() => Interlocked.Increment(ref _inside);

        internal void Leave(int threads)
        {
            if (Interlocked.Decrement(ref _inside) == 0 && Launch.HasEnded && Interlocked.Exchange(ref _hasEnded, 1) == 0)
            {
                ended((long)(Volatile.Read(ref Ticks) * 1e9 / Stopwatch.Frequency / threads));
            }
        }
    }
}
