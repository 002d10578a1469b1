using System.Net;
using TensorWasm.Gpu;
using TensorWasm.Host;

namespace TensorWasm.Server.Tests;

/// <summary>A gateway that has no supervisor and loses its device.</summary>
public sealed class DeviceLossTests
{
    [Fact]
    public async Task Guests_that_want_the_device_are_to_try_again_and_the_others_run()
    {
        var device = CpuDevice.Open(HostDevices.DefaultOptions);
        await using var gateway = await TestGateway.StartAsync(environment: new() { OpenDevices = () => [device] });
        var (launching, adding) = (await gateway.DeployAsync(Guests.LaunchesOnce), await gateway.DeployAsync(Guests.Add));
        Task<Reply> InvokeAsync(string id) => gateway.SendAsync("POST", $"/functions/{id}/invoke", json: """{"export":"main"}""");
        Assert.Equal("[0]", (await InvokeAsync(launching)).Json.GetProperty("result").GetRawText());
        Assert.False(gateway.Host.DeviceLoss.IsCompleted);

        device.Lose();
        var refused = await InvokeAsync(launching);
        refused.Refused(503, "unavailable");
        Assert.Equal("1", refused.Header("Retry-After"));
        Assert.Equal("[42]", (await InvokeAsync(adding)).Json.GetProperty("result").GetRawText());
        Assert.Contains("failed", await gateway.Host.DeviceLoss, StringComparison.Ordinal);

        // A job waits for a device, as it waits for a place.
        var accepted = await gateway.SendAsync("POST", $"/functions/{launching}/invoke-async", json: """{"export":"main"}""");
        Assert.Equal(HttpStatusCode.Accepted, accepted.Status);
        await Task.Delay(300, TestContext.Current.CancellationToken);
        var job = (await gateway.SendAsync("GET", accepted.Headers.Location!.ToString())).Json;
        Assert.DoesNotContain(job.GetProperty("status").GetString(), (string[])["completed", "failed"]);
    }
}
