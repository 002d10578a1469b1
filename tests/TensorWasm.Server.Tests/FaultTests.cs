using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using TensorWasm.Server;

namespace TensorWasm.Server.Tests;

/// <summary>What goes wrong around a gateway, and guests that do.</summary>
public sealed class FaultTests
{
    [Fact]
    public async Task A_database_goes_away_and_comes_back()
    {
        var server = new PostgresServer();
        await server.InitializeAsync();
        await using (server)
        {
            Assert.SkipUnless(server.IsOwn, "the PostgreSQL server is not this run's own to stop");
            var database = await server.CreateDatabaseAsync();
            await using var gateway = await TestGateway.StartAsync(options => options with { Database = database });
            var id = await gateway.DeployAsync(Guests.Add);
            Assert.Equal(HttpStatusCode.OK, (await gateway.SendAsync("POST", $"/functions/{id}/invoke")).Status);
            (await gateway.SendAsync("POST", $"/functions/{id}/invoke", "two")).Refused(404, "not_found");

            await server.StopAsync();
            // What is known goes on; what can't be kept or found is refused.
            Assert.Equal(HttpStatusCode.OK, (await gateway.SendAsync("POST", $"/functions/{id}/invoke")).Status);
            (await gateway.SendAsync("POST", $"/functions/{id}/invoke-async", json: "{}")).Refused(503, "unavailable");
            (await gateway.SendAsync("POST", $"/functions/{Guid.NewGuid()}/invoke")).Refused(503, "unavailable");
            // Another tenant's request takes the same look-up whether the function is there or not, so that its time does not
            // tell; an answer from memory would.
            (await gateway.SendAsync("POST", $"/functions/{id}/invoke", "two")).Refused(503, "unavailable");
            (await gateway.SendAsync("GET", "/functions")).Refused(503, "unavailable");
            Assert.Equal(HttpStatusCode.ServiceUnavailable, (await gateway.SendAsync("GET", "/readyz", null)).Status);
            Assert.Equal(HttpStatusCode.OK, (await gateway.SendAsync("GET", "/healthz", null)).Status);

            await server.StartAsync();
            await Wait.UntilAsync(async () => (await gateway.SendAsync("GET", "/readyz", null)).Status == HttpStatusCode.OK);
            Assert.Equal(HttpStatusCode.Accepted, (await gateway.SendAsync("POST", $"/functions/{id}/invoke-async", json: "{}")).Status);
            Assert.Equal(1, (await gateway.SendAsync("GET", "/functions")).Json.GetProperty("functions").GetArrayLength());
        }
    }

    [Fact]
    public async Task Clock_jumps_stop_no_guest_and_break_no_chain()
    {
        var time = new ShiftedTime();
        await using var gateway = await TestGateway.StartAsync(environment: new GatewayEnvironment { Time = time });
        var id = await gateway.DeployAsync(Guests.Add);
        foreach (var jump in (TimeSpan[])[TimeSpan.FromDays(400), TimeSpan.FromDays(-400), TimeSpan.Zero])
        {
            // It runs while the clock jumps, and ends by its own deadline, not by the clock's.
            var started = Stopwatch.GetTimestamp();
            var spinning = gateway.SendAsync(
                "POST", $"/functions/{id}/invoke", json: """{"export":"spin","deadline_ms":1000}""");
            await Wait.UntilAsync(() => Task.FromResult(gateway.Host.Runtime.Gauges.RunningInvocations == 1));
            time.Offset = jump;
            (await spinning).Refused(504, "invoke_timeout");
            Assert.True(Stopwatch.GetElapsedTime(started) >= TimeSpan.FromSeconds(0.99));
            Assert.Equal(HttpStatusCode.OK, (await gateway.SendAsync("POST", $"/functions/{id}/invoke")).Status);
            var job = (await gateway.SendAsync("POST", $"/functions/{id}/invoke-async", json: "{}"))
                .Json.GetProperty("job_id").GetString();
            await Wait.UntilAsync(async () =>
                (await gateway.SendAsync("GET", $"/jobs/{job}")).Json.GetProperty("status").GetString() == "completed");
        }
        await gateway.AuditAsync();
        Assert.Null(AuditCheck.Of(Path.Combine(gateway.Folder, "audit.log"), ServerKey.Open(gateway.Folder)).Problem);
    }

    [Fact]
    public async Task Stopping_lets_requests_end_and_stops_guests_at_the_limit()
    {
        await using var gateway = await TestGateway.StartAsync(options => options with { Drain = TimeSpan.FromSeconds(3) });
        var id = await gateway.DeployAsync(Guests.Add);
        // One would not end; the other, which begins when the first one runs, ends of itself while the server waits.
        var endless = gateway.SendAsync("POST", $"/functions/{id}/invoke", json: """{"export":"spin"}""");
        await Wait.UntilAsync(() => Task.FromResult(gateway.Host.Runtime.Gauges.RunningInvocations == 1));
        var brief = gateway.SendAsync("POST", $"/functions/{id}/invoke", json: """{"export":"spin","deadline_ms":1000}""");
        await Wait.UntilAsync(() => Task.FromResult(gateway.Host.Runtime.Gauges.RunningInvocations == 2));
        var started = Stopwatch.GetTimestamp();
        var stopping = gateway.Host.StopAsync();
        (await brief).Refused(504, "invoke_timeout");
        Assert.False(stopping.IsCompleted);
        (await endless).Refused(503, "unavailable");
        await stopping;
        // The limit, and what the machine takes for it.
        Assert.InRange(Stopwatch.GetElapsedTime(started), TimeSpan.FromSeconds(2.9), TimeSpan.FromSeconds(20));
        using var client = new TcpClient();
        await Assert.ThrowsAsync<SocketException>(() => client.ConnectAsync(
            IPAddress.Loopback, new Uri(gateway.Client.BaseAddress!.ToString()).Port, TestContext.Current.CancellationToken).AsTask());
    }

    [Fact]
    public async Task A_guest_that_floods_its_output_is_told_that_nobody_listens()
    {
        await using var gateway = await TestGateway.StartAsync();
        var id = await gateway.DeployAsync(Guests.Flood, settings: new { limits = new { output_bytes = 1 << 20 } });
        var reply = await gateway.SendAsync(
            "POST", $"/functions/{id}/invoke", headers: ("Accept", "application/octet-stream"));
        Assert.Equal(HttpStatusCode.OK, reply.Status);
        // It emits 1 KiB at a time until it is refused.
        Assert.Equal(1 << 20, reply.Body.Length);
    }

    [Theory]
    [InlineData("POST", "/functions/nonsense/invoke", 404, "not_found")]
    [InlineData("POST", "/functions/%ff%fe/invoke", 404, "not_found")]
    [InlineData("POST", "/functions/{id}@-1/invoke", 404, "not_found")]
    [InlineData("POST", "/functions/{id}@99999999999999999999/invoke", 404, "not_found")]
    [InlineData("GET", "/functions?limit=0", 400, "invalid_request")]
    [InlineData("GET", "/functions?limit=-1", 400, "invalid_request")]
    [InlineData("GET", "/functions?limit=1e3", 400, "invalid_request")]
    [InlineData("GET", "/functions?limit=99999999999999999999", 400, "invalid_request")]
    [InlineData("GET", "/functions?after=nonsense", 400, "invalid_request")]
    [InlineData("GET", "/jobs?state=nonsense", 400, "invalid_request")]
    [InlineData("GET", "/jobs/nonsense", 404, "not_found")]
    [InlineData("GET", "/traces/nonsense", 404, "not_found")]
    [InlineData("GET", "/kernels/%2e%2e/%2e%2e", 404, "not_found")]
    [InlineData("GET", "/functions/../../etc/passwd", 404, "not_found")]
    [InlineData("POST", "/functions/{id}/invoke-stream?encoding=%00", 400, "invalid_request")]
    [InlineData("POST", "/functions/{id}/invoke-async?deadline_ms=-5", 400, "invalid_request")]
    [InlineData("POST", "/functions/{id}/invoke-async?deadline_ms=999999999999", 400, "invalid_request")]
    public async Task Malformed_values_get_a_kind_and_a_sentence(string method, string path, int status, string kind)
    {
        await using var gateway = await TestGateway.StartAsync();
        var id = await gateway.DeployAsync(Guests.Add);
        (await gateway.SendAsync(method, path.Replace("{id}", id, StringComparison.Ordinal))).Refused(status, kind);
    }

    [Theory]
    [InlineData("7B 22 65 78 70 6F 72 74 22 3A 22 FF 22 7D", "invalid_json")] // {"export":"\xff"}
    [InlineData("7B 22 65 78 70 6F 72 74 22 3A 22 ED A0 80 22 7D", "invalid_json")] // half a surrogate pair
    [InlineData("EF BB BF 7B 7D", "invalid_json")] // a byte order mark
    [InlineData("7B 22 65 78 70 6F 72 74 22 3A 22 61 00 22 7D", "invalid_json")] // a raw NUL
    [InlineData("7B 22 64 65 61 64 6C 69 6E 65 5F 6D 73 22 3A 31 65 39 39 7D", "invalid_request")] // {"deadline_ms":1e99}
    public async Task Bytes_that_are_no_JSON_are_refused(string hex, string kind)
    {
        await using var gateway = await TestGateway.StartAsync();
        var id = await gateway.DeployAsync(Guests.Add);
        var body = new ByteArrayContent(Convert.FromHexString(hex.Replace(" ", "", StringComparison.Ordinal)));
        body.Headers.ContentType = new("application/json");
        (await gateway.SendAsync("POST", $"/functions/{id}/invoke", body: body)).Refused(400, kind);
    }

    [Fact]
    public async Task JSON_of_great_depth_or_another_type_is_refused()
    {
        await using var gateway = await TestGateway.StartAsync();
        var id = await gateway.DeployAsync(Guests.Add);
        var deep = $$"""{"args":{{new string('[', 100_000)}}{{new string(']', 100_000)}}}""";
        (await gateway.SendAsync("POST", $"/functions/{id}/invoke", json: deep)).Refused(400, "invalid_json");
        var body = new StringContent("<a/>", System.Text.Encoding.UTF8, "application/xml");
        (await gateway.SendAsync("POST", $"/functions/{id}/invoke", body: body)).Refused(415, "unsupported_media_type");
        // Ranges are of no meaning here, and what has no meaning is passed over (RFC 9110, section 14.2).
        var whole = await gateway.SendAsync("GET", "/healthz", null, headers: ("Range", "bytes=0-1"));
        Assert.Equal(HttpStatusCode.OK, whole.Status);
    }

    [Fact]
    public async Task Nothing_of_another_tenant_shows()
    {
        await using var gateway = await TestGateway.StartAsync(options => options with { TenantMetrics = 10, MetricsToken = "m" });
        var id = await gateway.DeployAsync(Guests.Add, name: "secret-name");
        var job = (await gateway.SendAsync("POST", $"/functions/{id}/invoke-async", json: "{}")).Json.GetProperty("job_id").GetString()!;
        foreach (var path in (string[])
            ["/functions", $"/functions/{id}", "/jobs", $"/jobs/{job}", $"/jobs/{job}/output", "/kernels", "/usage", "/traces", "/v1/models"])
        {
            var foreign = await gateway.SendAsync("GET", path, "two");
            foreach (var secret in (string[])[id, job, "secret-name"]) Assert.DoesNotContain(secret, foreign.Text, StringComparison.Ordinal);
        }
        // What is there and what is not there answer alike, to the headers.
        foreach (var (real, none) in ((string, string)[])
            [($"/functions/{id}", $"/functions/{Guid.NewGuid()}"), ($"/jobs/{job}", $"/jobs/{Guid.NewGuid()}"),
             ($"/jobs/{job}/output", $"/jobs/{Guid.NewGuid()}/output")])
        {
            var (first, second) = (await gateway.SendAsync("GET", real, "two"), await gateway.SendAsync("GET", none, "two"));
            Assert.Equal((second.Status, second.Text), (first.Status, first.Text));
            Assert.Equal(second.Headers.Select(header => header.Key), first.Headers.Select(header => header.Key));
        }
        // Nor do metrics that tell tenants apart, without their token; nor what only operators may see.
        (await gateway.SendAsync("GET", "/metrics", "two")).Refused(401, "unauthorized");
        foreach (var path in (string[])["/admin/tenants", "/admin/tenants/1", "/admin/tenants/1/usage", "/admin/tokens", "/admin/audit/head"])
        {
            (await gateway.SendAsync("GET", path, "two")).Refused(403, "action_denied");
        }
    }
}
