using System.Diagnostics;
using System.Text.Json;
using TensorWasm.Gpu;

namespace TensorWasm.Server.Tests;

/// <summary>A server that loses its device, or is killed, below its supervisor.</summary>
public sealed class SupervisionTests
{
    /// <summary>Answers 7 when less than 3 of its 6 seconds are left.</summary>
    private const string Slow = """
        (module
          (import "wasi:scheduler/host@0.1.0" "deadline-remaining-ms" (func $left (result i32)))
          (func (export "main") (result i32)
            (loop $again (br_if $again (i32.gt_u (call $left) (i32.const 3000))))
            (i32.const 7)))
        """;

    [Theory]
    // The processor counts as lost; a GPU is lost by a kernel that no fence has seen, of this machine or of the tests' driver.
    [InlineData("processor", null)]
    [InlineData("GPU", "fault")]
    [InlineData("GPU", "trap")]
    [InlineData("GPU", "hang")]
    [InlineData("fake GPU", "hang")]
    public async Task A_lost_device_costs_its_guests_an_error_and_nobody_a_connection(string device, string? kernel)
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "sockets are handed over on Linux");
        Assert.SkipWhen(device == "GPU" && GpuDevices.CudaCount == 0, GpuDevices.CudaUnavailableReason ?? "");
        var folder = Directory.CreateTempSubdirectory("tensorwasm-supervised-");
        if (device == "fake GPU") await FakeDriver.BuildAsync(folder.FullName);
        await using (var server = await SupervisedServer.StartAsync(folder.FullName, kernel, device == "fake GPU" ? folder.FullName : null))
        {
            var (adder, once) = (await server.DeployAsync(Guests.Add), await server.DeployAsync(Guests.Increments));
            var slow = await server.DeployAsync(Slow, new { limits = new { deadline_ms = 6000 } });
            var untilFailure = await server.DeployAsync(Guests.LaunchesUntilFailure);
            Assert.Equal(42, await server.InvokeAsync(once));
            Assert.Equal(42, await server.InvokeAsync(adder));

            var (failing, slowCall) = (server.InvokeAsync(untilFailure), server.InvokeAsync(slow));
            var job = SupervisedServer.Member(
                await server.SendAsync("POST", $"/functions/{slow}/invoke-async", new { export = "main" }), "job_id");
            await Wait.UntilAsync(async () => (await MetricsAsync(server)).Contains("tensor_wasm_active_instances 3\n", StringComparison.Ordinal));
            await File.WriteAllTextAsync(Path.Combine(folder.FullName, "lose"), "", TestContext.Current.CancellationToken);

            // Whoever connects meanwhile is served, by the old server or by the new one: each answer is a success.
            using var served = new CancellationTokenSource();
            var callers = Enumerable.Range(0, 4).Select(_ => Task.Run(async () =>
            {
                var count = 0;
                for (; !served.IsCancellationRequested; count++) Assert.Equal(42, await server.InvokeAsync(adder));
                return count;
            })).ToArray();
            var start = Stopwatch.GetTimestamp();
            await server.SeeAsync("ServerRestarts", 1);
            var ended = Stopwatch.GetElapsedTime(start);
            await server.SeeAsync("Listening", 2);
            TestContext.Current.TestOutputHelper!.WriteLine(
                $"{device}, {kernel}: the server ended after {ended.TotalSeconds:0.0} s, and the next one listened after "
                + $"{Stopwatch.GetElapsedTime(start).TotalSeconds:0.0} s\n{string.Join(" ", server.Events("DeviceLost"))}");
            await served.CancelAsync();
            Assert.All(await Task.WhenAll(callers), count => Assert.True(count > 0));

            // The WIT file's error device-lost is -16.
            Assert.Equal(-16, await failing);
            Assert.Equal(7, await slowCall);
            Assert.Contains("device_lost, exit code 75", Assert.Single(server.Events("ServerRestarts")), StringComparison.Ordinal);
            await Wait.UntilAsync(async () => SupervisedServer.Member(await server.SendAsync("GET", $"/jobs/{job}"), "status") == "completed");
            Assert.Equal(42, await server.InvokeAsync(once));
            Assert.Contains(
                "tensor_wasm_server_restarts_total{reason=\"device_lost\"} 1\n", await MetricsAsync(server), StringComparison.Ordinal);

            // The same for one that is killed, by the system for want of memory, say.
            server.Server.Kill();
            await server.SeeAsync("ServerRestarts", 2);
            Assert.Equal(42, await server.InvokeAsync(adder));
            Assert.Contains(
                "tensor_wasm_server_restarts_total{reason=\"killed\"} 1\n", await MetricsAsync(server), StringComparison.Ordinal);

            // Told to stop, both end, and that is no failure.
            var last = server.Server;
            await SupervisedServer.SignalAsync(server.Supervisor, "-TERM");
            await SupervisedServer.EndAsync(server.Supervisor);
            Assert.Equal(0, server.Supervisor.ExitCode);
            await SupervisedServer.EndAsync(last);
        }
        var records = await File.ReadAllLinesAsync(Path.Combine(folder.FullName, "audit.log"), TestContext.Current.CancellationToken);
        Assert.Equal(
            ["device_lost", "killed"],
            records.Select(record => JsonDocument.Parse(record).RootElement)
                .Where(record => record.GetProperty("action").GetString() == "restart_server")
                .Select(record => record.GetProperty("resource").GetProperty("reason").GetString()));
        folder.Delete(recursive: true);
    }

    [Fact]
    public async Task A_server_dies_with_its_supervisor()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "sockets are handed over on Linux");
        var folder = Directory.CreateTempSubdirectory("tensorwasm-supervised-");
        string adder;
        await using (var server = await SupervisedServer.StartAsync(folder.FullName))
        {
            adder = await server.DeployAsync(Guests.Add);
            var process = server.Server;
            server.Supervisor.Kill();
            await SupervisedServer.EndAsync(process);
        }
        // The folder is free, and what was acknowledged is in it.
        await using (var server = await SupervisedServer.StartAsync(folder.FullName))
        {
            Assert.Equal(42, await server.InvokeAsync(adder));
        }
        folder.Delete(recursive: true);
    }

    [Fact]
    public void Restarts_after_short_runs_pause_ever_longer()
    {
        var pause = default(RestartPause);
        var runs = new[] { 3600, 3, 3, 3, 3, 3, 3, 3, 60, 3 };
        Assert.Equal(
            [0, 1, 2, 4, 8, 16, 30, 30, 0, 1], runs.Select(seconds => pause.After(TimeSpan.FromSeconds(seconds)).TotalSeconds));
    }

    private static Task<string> MetricsAsync(SupervisedServer server) => server.SendAsync("GET", "/metrics");
}
