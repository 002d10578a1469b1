namespace TensorWasm.Gpu;

/// <summary>Counts one kernel's launches for one tenant. Lock-free: devices report from threads of their own.</summary>
internal sealed class KernelMeter(string module, string kernel)
{
    private long _launches;
    private long _nanoseconds;
    private long _stops;

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
