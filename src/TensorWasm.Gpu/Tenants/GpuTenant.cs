using System.Globalization;

namespace TensorWasm.Gpu;

/// <summary>
/// Whoever owns regions: its quota, and what it has used. All its regions on all devices share one. Every allocation
/// and every launch passes here; there is no other door.
/// </summary>
public sealed class GpuTenant
{
    /// <summary>
    /// Kernels that are counted one by one. What comes after is counted for the tenant alone: 10,000.
    /// </summary>
    public const int MaxCountedKernels = 10_000;

    private readonly Lock _lock = new();
    private readonly Dictionary<(string Module, string Kernel), KernelMeter> _kernels = [];
    private readonly TokenBucket? _launches;
    private readonly TokenBucket? _time;
    private long _memoryBytes;
    private long _peakMemoryBytes;
    private long _launchCount;
    private long _nanoseconds;
    private long _bytesCopied;
    private long _stops;

    /// <summary>A tenant that has used nothing yet.</summary>
    /// <param name="name">How messages and accounts call it.</param>
    /// <param name="quota">What it may use; no limits when null.</param>
    /// <param name="time">The clock; the system's when null.</param>
    public GpuTenant(string name, GpuQuota? quota = null, TimeProvider? time = null)
    {
        Name = name;
        Quota = quota ?? GpuQuota.Unlimited;
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(Quota.Weight, "quota.Weight");
        time ??= TimeProvider.System;
        if (Quota.LaunchesPerSecond is { } launches)
        {
            _launches = new TokenBucket(launches, time);
        }
        if (Quota.TimePerSecond is { } perSecond)
        {
            _time = new TokenBucket(perSecond.TotalNanoseconds, time);
        }
    }

    /// <summary>How messages and accounts call it.</summary>
    public string Name { get; }

    /// <summary>What it may use.</summary>
    public GpuQuota Quota { get; }

    /// <summary>What it has used so far.</summary>
    public TenantUsage Usage => new(
        Interlocked.Read(ref _memoryBytes),
        Interlocked.Read(ref _peakMemoryBytes),
        Interlocked.Read(ref _launchCount),
        TimeSpan.FromMicroseconds(Interlocked.Read(ref _nanoseconds) / 1000.0),
        Interlocked.Read(ref _bytesCopied),
        Interlocked.Read(ref _stops));

    /// <summary>What it has used, kernel by kernel.</summary>
    /// <returns>A copy of the counts.</returns>
    public IReadOnlyList<KernelUsage> GetKernelUsage()
    {
        lock (_lock)
        {
            return [.. _kernels.Values.Select(static meter => meter.Read())];
        }
    }

    /// <summary>Takes device memory from the quota.</summary>
    /// <exception cref="GpuException"><see cref="GpuErrorCode.QuotaExceeded"/>; nothing was taken.</exception>
    internal void TakeMemory(long bytes, string purpose)
    {
        lock (_lock)
        {
            if (Quota.MemoryBytes is { } limit && bytes > limit - _memoryBytes)
            {
                throw new GpuException(GpuErrorCode.QuotaExceeded, string.Create(
                    CultureInfo.InvariantCulture,
                    $"{purpose} needs {bytes} bytes of device memory, but tenant '{Name}' has "
                    + $"{limit - _memoryBytes} of {limit} left"));
            }
            _memoryBytes += bytes;
            _peakMemoryBytes = Math.Max(_peakMemoryBytes, _memoryBytes);
        }
    }

    /// <summary>Gives device memory back.</summary>
    internal void GiveMemory(long bytes)
    {
        lock (_lock)
        {
            _memoryBytes -= bytes;
        }
    }

    /// <summary>Takes launches from the quota.</summary>
    /// <exception cref="GpuException"><see cref="GpuErrorCode.QuotaExceeded"/>.</exception>
    internal void TakeLaunches(int count)
    {
        if (_launches is null && _time is null)
        {
            return;
        }
        lock (_lock)
        {
            if (_time is not null && !_time.HasTokens())
            {
                var perSecond = Quota.TimePerSecond!.Value.TotalMilliseconds.ToString(CultureInfo.InvariantCulture);
                throw new GpuException(
                    GpuErrorCode.QuotaExceeded, $"tenant '{Name}' has used its {perSecond} ms of device time a second");
            }
            if (_launches is not null && !_launches.TryTake(count))
            {
                throw new GpuException(GpuErrorCode.QuotaExceeded, string.Create(
                    CultureInfo.InvariantCulture,
                    $"tenant '{Name}' has used its {Quota.LaunchesPerSecond} launches a second"));
            }
        }
    }

    /// <summary>Counts launches of one kernel that have ended.</summary>
    internal void Count(KernelMeter? meter, int launches, long nanoseconds)
    {
        Interlocked.Add(ref _launchCount, launches);
        Interlocked.Add(ref _nanoseconds, nanoseconds);
        meter?.Add(launches, nanoseconds);
        if (_time is not null)
        {
            lock (_lock)
            {
                _time.Charge(nanoseconds);
            }
        }
    }

    /// <summary>Counts a launch that was stopped.</summary>
    internal void CountStop(KernelMeter? meter)
    {
        Interlocked.Increment(ref _stops);
        meter?.AddStop();
    }

    internal void CountCopy(long bytes) => Interlocked.Add(ref _bytesCopied, bytes);

    /// <summary>The counter of a kernel; null when there are too many already.</summary>
    internal KernelMeter? GetMeter(GpuKernel kernel)
    {
        lock (_lock)
        {
            var key = (kernel.Module.Hash, kernel.Name);
            if (!_kernels.TryGetValue(key, out var meter) && _kernels.Count < MaxCountedKernels)
            {
                _kernels.Add(key, meter = new KernelMeter(kernel.Module.Hash, kernel.Name));
            }
            return meter;
        }
    }
}
