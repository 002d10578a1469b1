using System.Diagnostics;

namespace TensorWasm.TestSupport;

/// <summary>A CUDA driver of the tests' own (driver.c, launches.c), which fails as it is told.</summary>
internal static class FakeDriver
{
    private static readonly string Compiler = Environment.GetEnvironmentVariable("GUEST_CLANG") ?? "/usr/bin/clang-19";

    /// <summary>
    /// Builds it into a folder, which a process that is to find it has in LD_LIBRARY_PATH. Skips the test where that can't
    /// be done.
    /// </summary>
    internal static async Task BuildAsync(string folder)
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "the driver is a Linux library");
        Assert.SkipUnless(
            File.Exists(Compiler) || Environment.GetEnvironmentVariable("CI") == "true", $"there is no {Compiler}");
        var source = Path.Combine(AppContext.BaseDirectory, "FakeDriver", "driver.c");
        using var compiler = Process.Start(
            Compiler, ["-shared", "-fPIC", "-nostdlib", "-O1", "-o", Path.Combine(folder, "libcuda.so.1"), source]);
        await compiler.WaitForExitAsync(TestContext.Current.CancellationToken);
        Assert.Equal(0, compiler.ExitCode);
    }
}
