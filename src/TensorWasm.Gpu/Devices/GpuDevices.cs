namespace TensorWasm.Gpu;

/// <summary>The devices of this machine.</summary>
public static class GpuDevices
{
    /// <summary>
    /// GPUs that the driver shows; 0 without one. Ask before the process reserves address space for guests, as
    /// <see cref="CudaDriver"/> says.
    /// </summary>
    public static int CudaCount => CudaDriver.DeviceCount;

    /// <summary>Why there are no GPUs, and what to do about it; null when there are.</summary>
    public static string? CudaUnavailableReason => CudaDriver.UnavailableReason;

    /// <summary>
    /// Ends a process that has lost a device, at once. The usual end runs what libraries have registered for it, and the
    /// driver's part of that does not return while a kernel does not end. So whoever calls this has written what is to be
    /// written, and let go of what others wait for.
    /// </summary>
    /// <param name="exitCode">What the process ends with.</param>
    [System.Diagnostics.CodeAnalysis.DoesNotReturn]
    public static void Exit(int exitCode)
    {
        if (OperatingSystem.IsLinux())
        {
            Interop.Libc._exit(exitCode);
        }
        Environment.Exit(exitCode);
    }

    /// <summary>Opens a device.</summary>
    /// <param name="preference">Which.</param>
    /// <param name="options">How.</param>
    /// <param name="ordinal">The GPU's number, from 0.</param>
    /// <returns>The device; null only for <see cref="DevicePreference.None"/>.</returns>
    /// <exception cref="GpuException"><see cref="GpuErrorCode.NotAvailable"/>: a GPU was asked for and can't be opened. The
    /// message says why and what to do.</exception>
    public static GpuDevice? Open(DevicePreference preference, GpuDeviceOptions options, int ordinal = 0)
    {
        ArgumentNullException.ThrowIfNull(options);
        switch (preference)
        {
            case DevicePreference.None:
                return null;
            case DevicePreference.Cuda:
                return CudaDevice.Open(ordinal, options);
            case DevicePreference.Auto when CudaDriver.DeviceCount > ordinal:
                try
                {
                    return CudaDevice.Open(ordinal, options);
                }
                catch (GpuException e) when (e.Code == GpuErrorCode.NotAvailable)
                {
                    // Taken, full or too old: whoever insists on it asks for it.
                }
                break;
        }
        return CpuDevice.Open(options);
    }
}
