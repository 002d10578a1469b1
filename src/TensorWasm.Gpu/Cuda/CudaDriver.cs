using System.Globalization;
using System.Runtime.InteropServices;
using static TensorWasm.Gpu.Interop;

namespace TensorWasm.Gpu;

/// <summary>
/// The CUDA driver of this machine, or the reason why there is none. It is loaded and initialised at first use, which
/// takes 0.1 to 0.3 seconds where there is one.
/// <para>
/// Initialise it before the process reserves address space for guests: the driver notes at its initialisation which
/// addresses are in use, and never puts anything there, even when they are free again (seen with driver 580).
/// </para>
/// </summary>
public static unsafe class CudaDriver
{
    /// <summary>The least version that has all that is called: 12.4, in drivers from 550.</summary>
    public const int LeastVersion = 12_040;

    private static readonly Lazy<State> Found = new(Load);

    /// <summary>Why CUDA can't be used, and what to do about it; null when it can.</summary>
    public static string? UnavailableReason => Found.Value.Reason;

    /// <summary>Devices there are; 0 when CUDA can't be used.</summary>
    public static int DeviceCount => Found.Value.Devices;

    /// <summary>The CUDA version of the driver, such as "13.0"; empty when there is none.</summary>
    public static string Version => Found.Value.Version == 0 ? "" : Format(Found.Value.Version);

    /// <summary>Whether the library is there, so that its functions can be called.</summary>
    internal static bool IsLoaded { get; private set; }

    private static State Load()
    {
        if (!OperatingSystem.IsLinux() || RuntimeInformation.ProcessArchitecture != Architecture.X64)
        {
            return new State($"CUDA devices need Linux on x86-64; this is {RuntimeInformation.RuntimeIdentifier}");
        }
        if (!NativeLibrary.TryLoad(Cuda.Library, out _))
        {
            return new State(
                "there is no NVIDIA driver (libcuda.so.1 was not found): install driver 550 or later, or, in a "
                + "container, give it the GPU (docker run --gpus all)");
        }

        int version;
        var result = Cuda.cuDriverGetVersion(&version);
        if (result != CudaResult.CUDA_SUCCESS)
        {
            return new State($"the NVIDIA driver does not answer: {result}");
        }
        if (version < LeastVersion)
        {
            return new State(
                $"the NVIDIA driver is too old: it knows CUDA {Format(version)}, and {Format(LeastVersion)} is needed; "
                + "install driver 550 or later")
            { Version = version };
        }
        IsLoaded = true;
        result = Cuda.cuInit(0);
        if (result != CudaResult.CUDA_SUCCESS)
        {
            return new State(Explain(result)) { Version = version };
        }
        int devices;
        result = Cuda.cuDeviceGetCount(&devices);
        return result == CudaResult.CUDA_SUCCESS && devices > 0
            ? new State(null) { Version = version, Devices = devices }
            : new State(Explain(CudaResult.CUDA_ERROR_NO_DEVICE)) { Version = version };
    }

    private static string Explain(CudaResult result) => result switch
    {
        CudaResult.CUDA_ERROR_NO_DEVICE =>
            "the NVIDIA driver sees no device: look at nvidia-smi, CUDA_VISIBLE_DEVICES, and whether a container was "
            + "given the GPU",
        CudaResult.CUDA_ERROR_SYSTEM_DRIVER_MISMATCH =>
            "the NVIDIA driver's library and kernel module differ in version: reload the module or restart the machine",
        CudaResult.CUDA_ERROR_OPERATING_SYSTEM =>
            "the NVIDIA driver was refused by the operating system: look at the rights of /dev/nvidia* and at dmesg",
        _ => $"the NVIDIA driver can't be initialised: {CudaErrors.Describe(result)}",
    };

    private static string Format(int version) =>
        string.Create(CultureInfo.InvariantCulture, $"{version / 1000}.{version % 1000 / 10}");

    private sealed record State(string? Reason)
    {
        internal int Version { get; init; }

        internal int Devices { get; init; }
    }
}
