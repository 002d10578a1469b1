using System.Runtime.InteropServices;

namespace TensorWasm.Gpu.Tests.Cuda;

/// <summary>What the tests' own driver can be asked by the process that uses it (driver.c).</summary>
internal static partial class FakeCalls
{
    [LibraryImport("libcuda.so.1")]
    internal static partial void fake_deny(long first, long last, long only);

    [LibraryImport("libcuda.so.1")]
    internal static partial long fake_calls();

    [LibraryImport("libcuda.so.1")]
    internal static partial long fake_live();

    [LibraryImport("libcuda.so.1")]
    internal static partial long fake_misuses();
}
