using System.Net;

namespace TensorWasm.Server.Tests;

/// <summary>Calls that nobody waits for.</summary>
public sealed class JobTests
{
    [Fact]
    public async Task A_job_is_accepted_runs_and_is_found()
    {
        await using var gateway = await TestGateway.StartAsync();
        var id = await gateway.DeployAsync(Guests.Add);
        var accepted = await gateway.SendAsync(
            "POST", $"/functions/{id}/invoke-async", json: """{"export":"add","args":[2,3]}""");
        Assert.Equal(HttpStatusCode.Accepted, accepted.Status);
        var job = accepted.Json.GetProperty("job_id").GetString();
        Assert.Equal($"/jobs/{job}", accepted.Headers.Location!.ToString());
        var record = await FinishAsync(gateway, job!);
        Assert.Equal("completed", record.Json.GetProperty("status").GetString());
        Assert.Equal($$"""{"function_id":"{{id}}","result":[5]}""", record.Json.GetProperty("result").GetRawText());
        Assert.Equal(job, (await gateway.SendAsync("GET", "/jobs?state=completed")).Json.GetProperty("jobs")[0].GetProperty("id").GetString());
        // Another tenant knows nothing of it.
        (await gateway.SendAsync("GET", $"/jobs/{job}", "two")).Refused(404, "not_found");
        (await gateway.SendAsync("DELETE", $"/jobs/{job}", "two")).Refused(404, "not_found");
        Assert.Equal(0, (await gateway.SendAsync("GET", "/jobs", "two")).Json.GetProperty("jobs").GetArrayLength());
    }

    [Fact]
    public async Task A_failed_job_says_why_and_a_cancelled_one_that_it_was()
    {
        await using var gateway = await TestGateway.StartAsync();
        var id = await gateway.DeployAsync(Guests.Add);
        var trapped = await SubmitAsync(gateway, id, """{"export":"trap"}""");
        var record = (await FinishAsync(gateway, trapped)).Json;
        Assert.Equal("failed", record.GetProperty("status").GetString());
        Assert.Equal("wasmtime", record.GetProperty("result").GetProperty("kind").GetString());
        var spinning = await SubmitAsync(gateway, id, """{"export":"spin"}""");
        Assert.Equal(HttpStatusCode.OK, (await gateway.SendAsync("DELETE", $"/jobs/{spinning}")).Status);
        record = (await FinishAsync(gateway, spinning)).Json;
        Assert.Equal("cancelled", record.GetProperty("state").GetString());
        Assert.Equal("cancelled", record.GetProperty("result").GetProperty("kind").GetString());
        (await gateway.SendAsync("POST", $"/functions/{id}/invoke-async", json: """{"export":"add"}""")).Refused(400, "invalid_args");
    }

    [Fact]
    public async Task The_same_key_means_the_same_job()
    {
        await using var gateway = await TestGateway.StartAsync();
        var id = await gateway.DeployAsync(Guests.Echo);
        Task<Reply> Submit(byte[] input) => gateway.SendAsync(
            "POST", $"/functions/{id}/invoke-async",
            body: new ByteArrayContent(input) { Headers = { ContentType = new("application/octet-stream") } },
            headers: ("Idempotency-Key", "k-1"));
        var first = (await Submit([1, 2])).Json.GetProperty("job_id").GetString()!;
        Assert.Equal(first, (await Submit([1, 2])).Json.GetProperty("job_id").GetString());
        (await Submit([1, 3])).Refused(409, "conflict");
        await FinishAsync(gateway, first);
        Assert.Equal([1, 2], (await gateway.SendAsync("GET", $"/jobs/{first}/output")).Body);
        var usage = (await gateway.SendAsync("GET", "/usage")).Json;
        Assert.Equal(1, usage.GetProperty("tenant_id").GetInt32());
        Assert.True(usage.GetProperty("storage_bytes").GetInt64() > 0);
    }

    private static async Task<string> SubmitAsync(TestGateway gateway, string function, string json) =>
        (await gateway.SendAsync("POST", $"/functions/{function}/invoke-async", json: json)).Json.GetProperty("job_id").GetString()!;

    private static async Task<Reply> FinishAsync(TestGateway gateway, string job)
    {
        Reply? reply = null;
        await Wait.UntilAsync(async () =>
        {
            reply = await gateway.SendAsync("GET", $"/jobs/{job}");
            return reply.Json.GetProperty("status").GetString() != "pending";
        });
        return reply!;
    }
}
