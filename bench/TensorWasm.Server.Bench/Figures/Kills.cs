using System.Collections.Concurrent;
using System.Diagnostics;
using System.Text.Json.Nodes;
using TensorWasm.Bench.Reporting;
using TensorWasm.Server.Bench.Servers;

namespace TensorWasm.Server.Bench.Figures;

/// <summary>
/// The server is killed (SIGKILL) under load at random moments, many times on the same folder. What it had acknowledged
/// must be there afterwards, and the audit log whole.
/// </summary>
internal static class Kills
{
    private const int Count = 50;
    private const string Admin = "admin-of-the-kills";

    public static async Task RunAsync(Settings settings, Report report)
    {
        var folder = Directory.CreateTempSubdirectory("tensorwasm-kills-").FullName;
        try
        {
            await RunAsync(settings, report, folder);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private static async Task RunAsync(Settings settings, Report report, string folder)
    {
        ConcurrentBag<(string Id, int Value)> functions = [], jobs = [];
        string token;
        using (var first = Gateway.Start(settings, folder, Admin))
        {
            token = (await first.CreateTenantAsync(1, new { max_functions = 100_000, max_unfinished_jobs = 9_000 })).Token;
        }
        var kills = Math.Max(1, (int)(Count * settings.Scale));
        var random = new Random(1);
        for (var i = 0; i < kills; i++)
        {
            Task[] work;
            using (var gateway = Gateway.Start(settings, folder, Admin))
            {
                var tenant = new Gateway.Tenant(gateway, 1, token);
                work = [.. Enumerable.Range(0, 4).Select(_ => Task.Run(() => WorkAsync(tenant, functions, jobs)))];
                await Task.Delay(random.Next(1, 2_000));
            }
            // It was killed there, which ends the work.
            await Task.WhenAll(work);
        }
        await VerifyAsync(settings, report, folder, token, functions, jobs);
        var verified = await VerifyLogAsync(settings, folder);
        report.Line($"{kills} times kill -9 under load, at random moments, on one folder:");
        report.Line();
        report.Header("functions acknowledged", "jobs acknowledged", "lost or wrong", "audit records", "audit log whole");
        report.Row(
            $"{functions.Count}", $"{jobs.Count}", $"{report.Problems.Count}", verified["records"]?.ToString() ?? "?",
            verified["is_whole"]?.ToString() ?? "?");
        report.Data["kills"] = new JsonObject
        {
            ["kills"] = kills,
            ["functions"] = functions.Count,
            ["jobs"] = jobs.Count,
            ["audit"] = verified,
        };
        if (verified["is_whole"]?.GetValue<bool>() is not true) report.Problem($"the audit log: {verified.ToJsonString()}");
    }

    private static async Task WorkAsync(
        Gateway.Tenant tenant, ConcurrentBag<(string, int)> functions, ConcurrentBag<(string, int)> jobs)
    {
        try
        {
            while (true)
            {
                var value = Random.Shared.Next(1_000_000_000);
                var function = await tenant.DeployAsync(
                    $"(module (func (export \"main\") (result i32) (i32.const {value})))");
                functions.Add((function, value));
                for (var i = 0; i < 4; i++)
                {
                    var job = await tenant.Gateway.PostAsync($"/functions/{function}/invoke-async", new { }, tenant.Token);
                    jobs.Add((job["job_id"]!.GetValue<string>(), value));
                    await tenant.Gateway.PostAsync($"/functions/{function}/invoke", new { }, tenant.Token);
                }
            }
        }
        catch (Exception e) when (e is HttpRequestException or HttpIOException or ObjectDisposedException or OperationCanceledException)
        {
            // It was killed.
        }
    }

    private static async Task VerifyAsync(
        Settings settings, Report report, string folder, string token, IEnumerable<(string Id, int Value)> functions,
        IEnumerable<(string Id, int Value)> jobs)
    {
        using var gateway = Gateway.Start(settings, folder, Admin);
        foreach (var (id, value) in functions)
        {
            var reply = await gateway.PostAsync($"/functions/{id}/invoke", new { }, token);
            if (reply["result"]?[0]?.GetValue<int>() != value) report.Problem($"function {id}: {reply.ToJsonString()}");
        }
        foreach (var (id, value) in jobs)
        {
            var reply = await WaitAsync(gateway, id, token);
            if (reply["result"]?["result"]?[0]?.GetValue<int>() != value) report.Problem($"job {id}: {reply.ToJsonString()}");
        }
    }

    private static async Task<JsonNode> WaitAsync(Gateway gateway, string job, string token)
    {
        for (var i = 0; ; i++)
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, $"/jobs/{job}");
            request.Headers.Authorization = new("Bearer", token);
            using var response = await gateway.Client.SendAsync(request);
            var reply = JsonNode.Parse(await response.Content.ReadAsStringAsync())!;
            if (!response.IsSuccessStatusCode || reply["status"]!.GetValue<string>() != "pending" || i == 3_000) return reply;
            await Task.Delay(20);
        }
    }

    private static async Task<JsonNode> VerifyLogAsync(Settings settings, string folder)
    {
        using var process = Process.Start(
            new ProcessStartInfo(settings.Program, ["audit", "verify", "--data", folder]) { RedirectStandardOutput = true })!;
        var text = await process.StandardOutput.ReadToEndAsync();
        await process.WaitForExitAsync();
        return JsonNode.Parse(text)!;
    }
}
