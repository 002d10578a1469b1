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
    public Task Of_two_processors_each_has_its_guests()
    {
        CpuDevice[] devices = [.. Enumerable.Range(0, 2).Select(_ => CpuDevice.Open(HostDevices.DefaultOptions with { CpuThreads = 1 }))];
        return LoseOneAfterAnotherAsync(devices, index => devices[index].Lose());
    }

    [Theory]
    [MemberData(nameof(OwnDevice.Drivers), MemberType = typeof(OwnDevice))]
    public Task Of_two_GPUs_each_has_its_guests(string driver) => OwnDevice.RunAsync(
        GetType(), driver, "gateway", _ =>
        {
            CudaDevice[] devices = [OwnDevice.Open(0), OwnDevice.Open(1)];
            Task.Run(() => LoseOneAfterAnotherAsync(devices, index => RawKernels.Launch(devices[index], "fault", 0)))
                .GetAwaiter().GetResult();
        },
        devices: 2);

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

    private static async Task LoseOneAfterAnotherAsync(GpuDevice[] devices, Action<int> lose)
    {
        await using var gateway = await TestGateway.StartAsync(environment: new() { OpenDevices = () => devices });
        var (untilFailure, once) = (await gateway.DeployAsync(Guests.LaunchesUntilFailure), await gateway.DeployAsync(Guests.Increments));
        Task<Reply> InvokeAsync(string id) => gateway.SendAsync("POST", $"/functions/{id}/invoke", json: """{"export":"main"}""");
        static string ResultOf(Reply reply) => reply.Json.GetProperty("result").GetRawText();
        async Task AssertServedAsync()
        {
            for (var i = 0; i < 5; i++) Assert.Equal("[42]", ResultOf(await InvokeAsync(once)));
        }

        await AssertServedAsync();
        var first = InvokeAsync(untilFailure);
        var second = InvokeAsync(untilFailure);
        await Wait.UntilAsync(async () => (await gateway.SendAsync("GET", "/metrics", TestGateway.Admin))
            .Text.Contains("tensor_wasm_active_instances 2\n", StringComparison.Ordinal));

        // One of the two was on the device that is lost, whichever; the other goes on, and so do all that come.
        lose(0);
        var ended = await Task.WhenAny(first, second);
        Assert.Equal(Lost, ResultOf(await ended));
        await AssertServedAsync();
        await Task.Delay(500);
        var running = ended == first ? second : first;
        Assert.False(running.IsCompleted);

        lose(1);
        Assert.Equal(Lost, ResultOf(await running));
        (await InvokeAsync(once)).Refused(503, "unavailable");
    }
}
