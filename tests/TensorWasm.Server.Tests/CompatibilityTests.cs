using System.Net;

namespace TensorWasm.Server.Tests;

/// <summary>What a client that was written for TensorWasm does, and gets: docs/tensorwasm.md has the list.</summary>
public sealed class CompatibilityTests
{
    [Fact]
    public async Task A_client_deploys_calls_polls_and_deletes()
    {
        await using var gateway = await TestGateway.StartAsync(options => options with { Tokens = "bare" });
        // A bare token is good for every tenant; the header is a number, and without it tenant 0 acts.
        var created = await gateway.SendAsync("POST", "/functions", "bare", new
        {
            name = "f",
            wasm_b64 = Convert.ToBase64String(System.Text.Encoding.UTF8.GetBytes(Guests.Add)),
            unknown = 1,
        });
        Assert.Equal(HttpStatusCode.OK, created.Status);
        var id = created.Json.GetProperty("id").GetString()!;
        Assert.True(Guid.TryParse(id, out _));

        // _start, else main; an empty body is none.
        var call = await gateway.SendAsync("POST", $"/functions/{id}/invoke", "bare");
        Assert.Equal($$"""{"function_id":"{{id}}","result":[42]}""", call.Text);
        call = await gateway.SendAsync("POST", $"/functions/{id}/invoke", "bare", new { export = "nothing", args = Array.Empty<int>() });
        Assert.Equal($$"""{"function_id":"{{id}}","result":"ok"}""", call.Text);
        Assert.True(Guid.TryParse(call.Header("X-Request-Id"), out _));
        Assert.Matches("^[0-9a-f]{32}$", call.Header("x-trace-id"));
        (await gateway.SendAsync("POST", $"/functions/{id}/invoke", "bare", headers: ("X-TensorWasm-Tenant", "7"))).Refused(404, "not_found");

        var submitted = await gateway.SendAsync("POST", $"/functions/{id}/invoke-async", "bare", new { export = "add", args = new[] { 1, 2 } });
        Assert.Equal(HttpStatusCode.Accepted, submitted.Status);
        var job = submitted.Json.GetProperty("job_id").GetString();
        Reply polled = null!;
        await Wait.UntilAsync(async () =>
        {
            polled = await gateway.SendAsync("GET", $"/jobs/{job}", "bare");
            return polled.Json.GetProperty("status").GetString() != "pending";
        });
        Assert.Equal("completed", polled.Json.GetProperty("status").GetString());
        Assert.Equal("[3]", polled.Json.GetProperty("result").GetProperty("result").GetRawText());
        Assert.Equal(id, polled.Json.GetProperty("function_id").GetString());
        Assert.True(polled.Json.GetProperty("created_unix_ms").GetInt64() > 0);
        // Wrong arguments are told at once, as for a call that waits.
        (await gateway.SendAsync("POST", $"/functions/{id}/invoke-async", "bare", new { export = "add" })).Refused(400, "invalid_args");

        var deleted = await gateway.SendAsync("DELETE", $"/functions/{id}", "bare");
        Assert.Equal((HttpStatusCode.NoContent, ""), (deleted.Status, deleted.Text));
        (await gateway.SendAsync("DELETE", $"/functions/{id}", "bare")).Refused(404, "not_found");
    }

    [Fact]
    public async Task Kinds_of_errors_are_as_they_were()
    {
        await using var gateway = await TestGateway.StartAsync(options => options with { KernelHmacKey = new string('7', 64) });
        var id = await gateway.DeployAsync(Guests.Add);
        var invoke = $"/functions/{id}/invoke";
        foreach (var (path, json, status, kind) in ((string, string, int, string)[])
            [("/functions", "{", 400, "invalid_json"),
             ("/functions", """{"name":"","wasm_b64":""}""", 400, "invalid_name"),
             ("/functions", """{"name":"x","wasm_b64":"*"}""", 400, "invalid_base64"),
             ("/functions", """{"name":"x","wasm_b64":"AGFzbQ=="}""", 400, "invalid_wasm"),
             (invoke, """{"export":"no"}""", 400, "missing_export"),
             (invoke, """{"export":"add","args":["x",1]}""", 400, "invalid_args"),
             (invoke, """{"export":"trap"}""", 500, "wasmtime"),
             (invoke, """{"export":"spin","deadline_ms":50}""", 504, "invoke_timeout"),
             ($"/functions/{Guid.NewGuid()}/invoke", "{}", 404, "not_found")])
        {
            (await gateway.SendAsync("POST", path, json: json)).Refused(status, kind);
        }
        (await gateway.SendAsync("POST", invoke, null, "{}")).Refused(401, "unauthorized");
        (await gateway.SendAsync("POST", invoke, "one", "{}", headers: ("X-TensorWasm-Tenant", "2"))).Refused(403, "tenant_scope_denied");
        (await gateway.SendAsync("POST", invoke, "one", "{}", headers: ("X-TensorWasm-Tenant", "x"))).Refused(400, "missing_tenant");
        (await gateway.SendAsync("POST", "/kernels", json: "{}")).Refused(403, "kernel_publish_scope_required");
        (await gateway.SendAsync("POST", "/kernels", TestGateway.Admin, """
            {"manifest":{"name":"a","version":"1","variants":{"sm_80":"0000000000000000000000000000000000000000000000000000000000000000"},
             "publisher":"stranger","algorithm":"ed25519","signature":"AA=="},"ptx_text":"x"}
            """)).Refused(403, "publisher_not_allowed");
        (await gateway.SendAsync("POST", invoke, body: new ByteArrayContent([1]) { Headers = { ContentType = new("image/png") } }))
            .Refused(415, "unsupported_media_type");
    }

    [Fact]
    public async Task Who_has_no_place_left_is_told_to_come_back()
    {
        await using var gateway = await TestGateway.StartAsync();
        var quota = new { max_concurrent_invocations = 1, max_queued_invocations = 0 };
        var tenant = await gateway.SendAsync("POST", "/admin/tenants", TestGateway.Admin, new { id = 1, quota });
        Assert.True(tenant.Status == HttpStatusCode.Created, tenant.Text);
        var id = await gateway.DeployAsync(Guests.Add);
        using var leave = new CancellationTokenSource();
        using var spinning = new HttpRequestMessage(HttpMethod.Post, $"/functions/{id}/invoke")
        {
            Content = new StringContent("""{"export":"spin","deadline_ms":15000}"""),
            Headers = { { "Authorization", "Bearer one" } },
        };
        var running = gateway.Client.SendAsync(spinning, leave.Token);
        await Wait.UntilAsync(async () =>
            (await gateway.SendAsync("GET", "/usage")).Json.GetProperty("running_invocations").GetInt32() == 1);
        var reply = await gateway.SendAsync("POST", $"/functions/{id}/invoke", json: "{}");
        reply.Refused(429, "overloaded");
        Assert.True(int.Parse(reply.Header("Retry-After")!, System.Globalization.CultureInfo.InvariantCulture) >= 1);
        // Who leaves makes room.
        await leave.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => running);
        await Wait.UntilAsync(async () => (await gateway.SendAsync("POST", $"/functions/{id}/invoke", json: "{}")).Status == HttpStatusCode.OK);
    }
}
