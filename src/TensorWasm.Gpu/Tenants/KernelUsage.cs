namespace TensorWasm.Gpu;

/// <summary>What launches of one kernel have cost a tenant.</summary>
/// <param name="Module">SHA-256 of the kernel's PTX, in hexadecimal digits.</param>
/// <param name="Kernel">The kernel's name.</param>
/// <param name="Launches">Launches, replays included.</param>
/// <param name="DeviceTime">Time on the device.</param>
/// <param name="Stops">Launches that ended in a reported stop.</param>
public readonly record struct KernelUsage(string Module, string Kernel, long Launches, TimeSpan DeviceTime, long Stops);
