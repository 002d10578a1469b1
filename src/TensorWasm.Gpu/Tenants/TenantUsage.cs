namespace TensorWasm.Gpu;

/// <summary>What a tenant has used so far.</summary>
/// <param name="MemoryBytes">Bytes of device memory it has now.</param>
/// <param name="PeakMemoryBytes">The most it had at any time.</param>
/// <param name="Launches">Kernel launches, replays included.</param>
/// <param name="DeviceTime">Time its kernels took on devices.</param>
/// <param name="BytesCopied">Bytes copied to and from devices.</param>
/// <param name="Stops">Launches that ended in a reported stop.</param>
public readonly record struct TenantUsage(
    long MemoryBytes, long PeakMemoryBytes, long Launches, TimeSpan DeviceTime, long BytesCopied, long Stops);
