namespace TensorWasm.Gpu;

/// <summary>Counts one kernel's launches for one tenant. Lock-free: devices report from threads of their own.</summary>
internal sealed class KernelMeter(string module, string kernel)
{
    /// <summary>From which mean device time on every launch is timed: 100 us.</summary>
    internal const long LongNanoseconds = 100_000;

    private long _launches;
    private long _nanoseconds;
    private long _stops;

    internal string Kernel => kernel;

    /// <summary>Which launches are timed.</summary>
    internal LaunchSampler Sampler { get; } = new(LongNanoseconds);

    internal void Add(int launches, long nanoseconds)
    {
        Interlocked.Add(ref _launches, launches);
        Interlocked.Add(ref _nanoseconds, nanoseconds);
    }

    internal void AddStop() => Interlocked.Increment(ref _stops);

    internal KernelUsage Read() => new(
        module,
        kernel,
        Interlocked.Read(ref _launches),
        TimeSpan.FromMicroseconds(Interlocked.Read(ref _nanoseconds) / 1000.0),
        Interlocked.Read(ref _stops));
}
