using System.Runtime.InteropServices;

namespace TensorWasm.Wasi;

/// <summary>Where folders, sockets and inherited streams work.</summary>
internal static class HostPlatform
{
    /// <summary>The system calls and structures in Interop are those of 64-bit Linux.</summary>
    public static bool IsSupported =>
        OperatingSystem.IsLinux() &&
        RuntimeInformation.ProcessArchitecture is Architecture.X64 or Architecture.Arm64;

    public static void ThrowIfUnsupported(string what)
    {
        if (!IsSupported)
        {
            throw new PlatformNotSupportedException(
                $"{what} can be granted on Linux (x86-64, arm64) only. Elsewhere run in a Linux container or WSL, " +
                "or give the guest its data by arguments, environment and streams.");
        }
    }
}
