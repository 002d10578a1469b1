using System.Runtime.CompilerServices;
using TensorWasm.Gpu;
using TensorWasm.Host;

namespace TensorWasm.TestSupport;

/// <summary>
/// Tests that use a device up, or lose it. Each case has a process of its own, and no other tests run meanwhile. They run
/// with this machine's driver, where it has GPUs enough, and with the tests' own.
/// </summary>
[CollectionDefinition(nameof(OwnDevice), DisableParallelization = true)]
public sealed class OwnDevice
{
    internal const string Machine = "machine";
    internal const string Fake = "fake";
    internal const string Reopening = "fake that reopens";
    internal const string Blocking = "fake that blocks";

    /// <summary>The drivers.</summary>
    public static TheoryData<string> Drivers => [Machine, Fake];

    /// <summary>Runs a case with a driver, and prints what it wrote.</summary>
    internal static async Task RunAsync(
        Type type, string driver, string name, Action<TextWriter> body, int devices = 1, int seconds = 20,
        [CallerMemberName] string method = "")
    {
        Dictionary<string, string> environment = [];
        if (ChildTest.IsChild)
        {
            await ChildTest.RunAsync(type, method, $"{driver} {name}", environment, body, seconds);
            return;
        }
        var folder = Directory.CreateTempSubdirectory("tensorwasm-driver-");
        try
        {
            if (driver != Machine)
            {
                await FakeDriver.BuildAsync(folder.FullName);
                environment["LD_LIBRARY_PATH"] = folder.FullName;
                environment["FAKE_CUDA_DEVICES"] = $"{devices}";
                environment["FAKE_CUDA_REOPENS"] = driver == Reopening ? "1" : "0";
                environment["FAKE_CUDA_BLOCKS"] = driver == Blocking ? "1" : "0";
            }
            else
            {
                Assert.SkipWhen(CudaDriver.UnavailableReason is not null, CudaDriver.UnavailableReason ?? "");
                Assert.SkipUnless(
                    CudaDriver.DeviceCount >= devices, $"there are {CudaDriver.DeviceCount} GPUs, and {devices} are needed");
            }
            TestContext.Current.TestOutputHelper!.WriteLine(
                await ChildTest.RunAsync(type, method, $"{driver} {name}", environment, body, seconds));
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    /// <summary>A device of the process's own, on which a launch may take 2 s, and the watchdog waits for 1 s more.</summary>
    internal static CudaDevice Open(int ordinal = 0) => CudaDevice.Open(ordinal, new GpuDeviceOptions
    {
        AddressSpace = EngineAddressSpace.Instance,
        DefaultTimeLimit = TimeSpan.FromSeconds(2),
        WatchdogMargin = TimeSpan.FromSeconds(1),
    });
}
