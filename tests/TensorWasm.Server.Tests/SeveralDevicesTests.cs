using Microsoft.Extensions.Logging.Abstractions;
using TensorWasm.Gpu;
using TensorWasm.Host;

namespace TensorWasm.Server.Tests;

/// <summary>A gateway with two devices: its guests are spread over them, and one that fails leaves the other's alone.</summary>
[Collection(nameof(OwnDevice))]
public sealed class SeveralDevicesTests
{
    /// <summary>In the WIT file, the error device-lost.</summary>
    private const string Lost = "[-16]";

    [Fact]
    public async Task Of_two_processors_each_has_its_guests()
    {
        CpuDevice[] devices = [.. Enumerable.Range(0, 2).Select(_ => CpuDevice.Open(HostDevices.DefaultOptions with { CpuThreads = 1 }))];
        await using var gateway = await TestGateway.StartAsync(environment: new() { OpenDevices = () => devices });
        await LoseOneAfterAnotherAsync(gateway, devices, index => devices[index].Lose(), TextWriter.Null, alsoTheSecond: true);
    }

    [Theory]
    [MemberData(nameof(OwnDevice.Drivers), MemberType = typeof(OwnDevice))]
    public Task Of_two_GPUs_each_has_its_guests(string driver) => OwnDevice.RunAsync(
        GetType(), driver, "gateway", report => Task.Run(async () =>
        {
            CudaDevice[] devices = [OwnDevice.Open(0), OwnDevice.Open(1)];
            // Not disposed: with a kernel that hangs the driver may keep who asks it to let go.
            var gateway = await TestGateway.StartAsync(environment: new() { OpenDevices = () => devices });
            // A fault of the second one would end the first one, too, if it were not lost by then.
            await LoseOneAfterAnotherAsync(
                gateway, devices, index => RawKernels.Launch(devices[index], index == 0 ? "hang" : "fault", 0), report,
                // With a kernel that hangs on one GPU and a fault on the other, driver 580 answers no call of the process.
                alsoTheSecond: driver != OwnDevice.Machine);
        }).GetAwaiter().GetResult(),
        devices: 2);

    [Theory]
    [MemberData(nameof(OwnDevice.Drivers), MemberType = typeof(OwnDevice))]
    public Task A_fault_of_one_GPU_is_told_to_the_guests_of_both(string driver) => OwnDevice.RunAsync(
        GetType(), driver, "fault", report => Task.Run(() => LoseAllAsync(driver, report)).GetAwaiter().GetResult(), devices: 2);

    [Theory]
    [MemberData(nameof(OwnDevice.Drivers), MemberType = typeof(OwnDevice))]
    public Task The_setting_chooses_GPUs(string driver) => OwnDevice.RunAsync(
        GetType(), driver, "choice", _ =>
        {
            foreach (var (choice, ids) in ((string, string[])[])
                [("auto", ["cuda:0", "cuda:1"]), ("cuda", ["cuda:0", "cuda:1"]), ("cuda:1", ["cuda:1"]), ("cuda:1,cuda:0", ["cuda:1", "cuda:0"])])
            {
                using var devices = GatewayDevices.Open(SettingText.Devices(choice), NullLogger.Instance);
                Assert.Equal(ids, devices.Devices.Select(static device => device.Info.Id));
            }
            var error = Assert.Throws<FormatException>(() => GatewayDevices.Open("cuda:0,cuda:99", NullLogger.Instance));
            Assert.Contains("there is no CUDA device 99", error.Message, StringComparison.Ordinal);
        },
        devices: 2);

    [Theory]
    [InlineData("cuda:x", "'x' is no whole number")]
    [InlineData("cuda:0,cpu", "'cpu' is no GPU")]
    [InlineData("cuda:0,cuda:0", "names a GPU twice")]
    [InlineData("gpu", "is none of auto, cuda, cpu, none")]
    public void A_setting_that_names_no_devices_is_refused(string text, string why) =>
        Assert.Contains(why, Assert.Throws<FormatException>(() => SettingText.Devices(text)).Message, StringComparison.Ordinal);

    private static async Task LoseOneAfterAnotherAsync(
        TestGateway gateway, GpuDevice[] devices, Action<int> lose, TextWriter report, bool alsoTheSecond)
    {
        var once = await gateway.DeployAsync(Guests.Increments);
        await AssertServedAsync(gateway, once);
        var (first, second) = await LaunchOnBothAsync(gateway, devices);

        // One of the two was on the device that is lost, whichever; the other goes on, and so do all that come.
        lose(0);
        var ended = await Task.WhenAny(first, second);
        Assert.Equal(Lost, ResultOf(await ended));
        await AssertServedAsync(gateway, once);
        await Task.Delay(500);
        var running = ended == first ? second : first;
        Assert.False(running.IsCompleted);
        report.WriteLine("the first was lost, and the other's guests went on");
        if (!alsoTheSecond)
        {
            return;
        }

        lose(1);
        Assert.Equal(Lost, ResultOf(await running));
        report.WriteLine("the second was lost");
        (await InvokeAsync(gateway, once)).Refused(503, "unavailable");
    }

    private static async Task LoseAllAsync(string driver, TextWriter report)
    {
        CudaDevice[] devices = [OwnDevice.Open(0), OwnDevice.Open(1)];
        var gateway = await TestGateway.StartAsync(environment: new() { OpenDevices = () => devices });
        var once = await gateway.DeployAsync(Guests.Increments);
        await AssertServedAsync(gateway, once);
        var (first, second) = await LaunchOnBothAsync(gateway, devices);
        RawKernels.Launch(devices[0], "fault", 0);
        var ended = await Task.WhenAny(first, second);
        Assert.Equal(Lost, ResultOf(await ended));
        report.WriteLine("the first guest was told");
        await Wait.UntilAsync(() => Task.FromResult(devices.All(static device => device.IsLost)));
        (await InvokeAsync(gateway, once)).Refused(503, "unavailable");
        report.WriteLine("the next one was refused");
        var other = ended == first ? second : first;
        if (await Task.WhenAny(other, Task.Delay(5_000)) == other)
        {
            Assert.Equal(Lost, ResultOf(await other));
            await gateway.DisposeAsync();
        }
        else
        {
            // Then only the end of the process helps, which a supervised server comes to.
            report.WriteLine("the driver keeps the other guest's thread");
            Assert.Equal(OwnDevice.Machine, driver);
        }
    }

    /// <summary>Two guests, each on a device of its own, that launch until that fails.</summary>
    private static async Task<(Task<Reply> First, Task<Reply> Second)> LaunchOnBothAsync(TestGateway gateway, GpuDevice[] devices)
    {
        var function = await gateway.DeployAsync(Guests.LaunchesUntilFailure);
        var calls = (InvokeAsync(gateway, function), InvokeAsync(gateway, function));
        await Wait.UntilAsync(() => Task.FromResult(devices.All(static device => device.Scheduler.Tenants > 0)));
        return calls;
    }

    private static async Task AssertServedAsync(TestGateway gateway, string function)
    {
        for (var i = 0; i < 5; i++) Assert.Equal("[42]", ResultOf(await InvokeAsync(gateway, function)));
    }

    private static Task<Reply> InvokeAsync(TestGateway gateway, string function) =>
        gateway.SendAsync("POST", $"/functions/{function}/invoke", json: """{"export":"main"}""");

    private static string ResultOf(Reply reply)
    {
        Assert.True(reply.Json.TryGetProperty("result", out var result), reply.Text);
        return result.GetRawText();
    }
}
