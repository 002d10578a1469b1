using System.Net;
using System.Net.Sockets;
using System.Text;

namespace TensorWasm.Server.Tests;

/// <summary>Rates, sizes and patience.</summary>
public sealed class LimitTests
{
    [Fact]
    public async Task A_token_s_rate_is_bounded_and_tells_when_to_come_back()
    {
        await using var gateway = await TestGateway.StartAsync(options => options with { TokenRate = new(0.05, 3) });
        for (var i = 0; i < 3; i++) Assert.Equal(HttpStatusCode.OK, (await gateway.SendAsync("GET", "/functions")).Status);
        var refused = await gateway.SendAsync("GET", "/functions");
        refused.Refused(429, "rate_limited");
        Assert.InRange(refused.Headers.RetryAfter!.Delta!.Value.TotalSeconds, 1, 20);
        // Another token has its own bucket; what needs no token has none.
        Assert.Equal(HttpStatusCode.OK, (await gateway.SendAsync("GET", "/functions", "two")).Status);
        Assert.Equal(HttpStatusCode.OK, (await gateway.SendAsync("GET", "/healthz", null)).Status);
    }

    [Fact]
    public async Task A_tenant_s_quota_bounds_its_rate()
    {
        await using var gateway = await TestGateway.StartAsync();
        var made = await gateway.SendAsync("POST", "/admin/tenants", TestGateway.Admin, new
        {
            id = 1,
            name = "first",
            quota = new { requests_per_second = 0.05, request_burst = 2, max_functions = 1 },
        });
        Assert.Equal(HttpStatusCode.Created, made.Status);
        Assert.Equal(2, made.Json.GetProperty("quota").GetProperty("request_burst").GetInt32());
        await gateway.SendAsync("GET", "/functions");
        await gateway.SendAsync("GET", "/functions");
        (await gateway.SendAsync("GET", "/functions")).Refused(429, "rate_limited");
        var changed = await gateway.SendAsync(
            "PATCH", "/admin/tenants/1", TestGateway.Admin, new { quota = new { requests_per_second = 0 } });
        Assert.Equal(2, changed.Json.GetProperty("quota").GetProperty("request_burst").GetInt32());
        await gateway.DeployAsync(Guests.Add);
        (await gateway.SendAsync("POST", "/functions", json: new { name = "b", wasm_b64 = "AGFzbQEAAAA=" }))
            .Refused(403, "quota_exceeded");
        await gateway.SendAsync("PATCH", "/admin/tenants/1", TestGateway.Admin, new { status = "suspended" });
        (await gateway.SendAsync("GET", "/functions")).Refused(403, "tenant_suspended");
    }

    [Theory]
    [InlineData("""{"id":-1}""", 400)]
    [InlineData("""{"id":1,"quota":{"max_function":1}}""", 400)]
    [InlineData("""{"id":1,"quota":{"weight":0}}""", 400)]
    [InlineData("""{"id":1,"status":"gone"}""", 400)]
    [InlineData("""{"id":18446744073709551615}""", 201)]
    public async Task A_wrong_tenant_is_refused(string json, int status)
    {
        await using var gateway = await TestGateway.StartAsync();
        Assert.Equal(status, (int)(await gateway.SendAsync("POST", "/admin/tenants", TestGateway.Admin, json)).Status);
    }

    [Fact]
    public async Task A_body_has_a_largest_size()
    {
        await using var gateway = await TestGateway.StartAsync(options => options with { MaxBodyBytes = 1000 });
        (await gateway.SendAsync("POST", "/functions", json: new string(' ', 1001))).Refused(413, "body_too_large");
        (await gateway.SendAsync("POST", "/functions", json: new string(' ', 1000))).Refused(400, "invalid_json");
    }

    [Fact]
    public async Task Hosts_that_are_not_listed_are_not_served()
    {
        await using var gateway = await TestGateway.StartAsync(options => options with { TrustedHosts = ["api.example"] });
        (await gateway.SendAsync("GET", "/functions")).Refused(400, "host_not_allowed");
        Assert.Equal(HttpStatusCode.OK, (await gateway.SendAsync("GET", "/functions", headers: ("Host", "api.example"))).Status);
    }

    [Fact]
    public async Task Pages_of_listed_origins_may_call()
    {
        await using var gateway = await TestGateway.StartAsync(options => options with { CorsOrigins = ["https://app.example"] });
        var preflight = await gateway.SendAsync(
            "OPTIONS", "/functions", null, headers: [("Origin", "https://app.example"), ("Access-Control-Request-Method", "POST")]);
        Assert.Equal(HttpStatusCode.NoContent, preflight.Status);
        Assert.Equal("https://app.example", preflight.Header("Access-Control-Allow-Origin"));
        var foreign = await gateway.SendAsync("GET", "/functions", headers: ("Origin", "https://evil.example"));
        Assert.Null(foreign.Header("Access-Control-Allow-Origin"));
        var refused = await gateway.SendAsync("GET", "/functions", null, headers: ("Origin", "https://app.example"));
        Assert.Equal("https://app.example", refused.Header("Access-Control-Allow-Origin"));
    }

    [Theory]
    [InlineData("GET /functions HTTP/1.1\r\nHost: x\r\nX: \u0000\r\n\r\n")]
    [InlineData("GET /functions HTTP/9.9\r\nHost: x\r\n\r\n")]
    [InlineData("GET /functions HTTP/1.1\r\n\r\n")]
    [InlineData("POST /functions HTTP/1.1\r\nHost: x\r\nContent-Length: -1\r\n\r\n")]
    [InlineData("GET functions\r\n\r\n")]
    public async Task Malformed_requests_get_an_error(string text)
    {
        await using var gateway = await TestGateway.StartAsync();
        using var client = new TcpClient();
        await client.ConnectAsync(IPAddress.Loopback, gateway.Host.Address.Port, TestContext.Current.CancellationToken);
        await using var stream = client.GetStream();
        await stream.WriteAsync(Encoding.Latin1.GetBytes(text), TestContext.Current.CancellationToken);
        var answer = await new StreamReader(stream).ReadLineAsync(TestContext.Current.CancellationToken);
        Assert.Matches("^HTTP/1.1 (400|505) ", answer);
        Assert.Equal(HttpStatusCode.OK, (await gateway.SendAsync("GET", "/healthz", null)).Status);
    }

    /// <summary>What a server answers to bytes that come with pauses; empty if it just closes the connection.</summary>
    private static async Task<string> AnswerAsync(TestGateway gateway, string head, string drip, TimeSpan pause)
    {
        using var client = new TcpClient();
        await client.ConnectAsync(IPAddress.Loopback, gateway.Host.Address.Port, TestContext.Current.CancellationToken);
        await using var stream = client.GetStream();
        using var answered = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        var answer = new StreamReader(stream).ReadLineAsync(answered.Token).AsTask();
        try
        {
            await stream.WriteAsync(Encoding.ASCII.GetBytes(head), answered.Token);
            for (var i = 0; i < 200 && !answer.IsCompleted; i++)
            {
                await stream.WriteAsync(Encoding.ASCII.GetBytes(drip), answered.Token);
                await Task.WhenAny(answer, Task.Delay(pause, answered.Token));
            }
        }
        catch (IOException)
        {
            // It closes while we still send.
        }
        try
        {
            return await answer.WaitAsync(TimeSpan.FromSeconds(20), answered.Token) ?? "";
        }
        catch (IOException)
        {
            return "";
        }
    }

    [Fact]
    public async Task Slow_clients_and_large_headers_are_turned_away()
    {
        await using var gateway = await TestGateway.StartAsync(options => options with
        {
            HeaderTimeout = TimeSpan.FromSeconds(1),
            MaxHeaderBytes = 4096,
            MinBytesPerSecond = 1000,
        });
        Assert.StartsWith(
            "HTTP/1.1 408 ", await AnswerAsync(gateway, "GET /healthz HTTP/1.1\r\n", "A: b\r\n", TimeSpan.FromMilliseconds(100)));
        Assert.StartsWith(
            "HTTP/1.1 408 ", await AnswerAsync(
                gateway, "POST /functions HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer one\r\nContent-Length: 100000\r\n\r\n", " ",
                TimeSpan.FromMilliseconds(100)));
        Assert.StartsWith(
            "HTTP/1.1 431 ", await AnswerAsync(
                gateway, $"GET /healthz HTTP/1.1\r\nHost: x\r\nA: {new string('a', 5000)}\r\n\r\n", "", TimeSpan.FromMilliseconds(100)));
        Assert.Equal(HttpStatusCode.OK, (await gateway.SendAsync("GET", "/healthz", null)).Status);
    }

    [Fact]
    public async Task What_there_is_no_route_for_is_told()
    {
        await using var gateway = await TestGateway.StartAsync();
        (await gateway.SendAsync("GET", "/nowhere")).Refused(404, "not_found");
        (await gateway.SendAsync("PUT", "/functions")).Refused(405, "method_not_allowed");
        (await gateway.SendAsync("GET", "/functions?limit=x")).Refused(400, "invalid_request");
        (await gateway.SendAsync("GET", "/functions/not-an-id")).Refused(404, "not_found");
    }

    [Fact]
    public async Task Metrics_count_what_happened()
    {
        await using var gateway = await TestGateway.StartAsync();
        await gateway.SendAsync("GET", "/functions", null);
        await gateway.SendAsync("GET", "/functions");
        var reply = await gateway.SendAsync("GET", "/metrics", null);
        Assert.StartsWith("text/plain; version=0.0.4", reply.ContentHeaders.ContentType!.ToString());
        foreach (var line in (string[])
            ["# TYPE tensor_wasm_http_requests_total counter",
             "tensor_wasm_http_requests_total{route=\"/functions\",method=\"GET\",status=\"401\"} 1",
             "tensor_wasm_http_requests_total{route=\"/functions\",method=\"GET\",status=\"200\"} 1",
             "tensor_wasm_http_request_duration_seconds_bucket{route=\"/functions\",method=\"GET\",status=\"200\",le=\"+Inf\"} 1",
             "tensor_wasm_http_request_duration_seconds_count{route=\"/functions\",method=\"GET\",status=\"200\"} 1",
             "tensor_wasm_http_requests_in_flight{route=\"/metrics\",method=\"GET\"} 1",
             "tensor_wasm_http_requests_in_flight{route=\"/functions\",method=\"GET\"} 0"])
        {
            Assert.Contains(line + "\n", reply.Text);
        }
        Assert.Contains("tensor_wasm_build_info{version=", reply.Text);
    }

    [Fact]
    public async Task Metrics_may_need_a_token()
    {
        await using var gateway = await TestGateway.StartAsync(options => options with { MetricsToken = "scrape" });
        (await gateway.SendAsync("GET", "/metrics", null)).Refused(401, "unauthorized");
        (await gateway.SendAsync("GET", "/metrics", "wrong")).Refused(401, "unauthorized");
        Assert.Equal(HttpStatusCode.OK, (await gateway.SendAsync("GET", "/metrics", "scrape")).Status);
        Assert.Equal(HttpStatusCode.OK, (await gateway.SendAsync("GET", "/metrics", TestGateway.Admin)).Status);
    }

    [Fact]
    public async Task A_server_is_alive_and_ready()
    {
        await using var gateway = await TestGateway.StartAsync();
        Assert.Equal("{\"status\":\"ok\"}", (await gateway.SendAsync("GET", "/healthz", null)).Text);
        Assert.Equal("{\"status\":\"ready\"}", (await gateway.SendAsync("GET", "/readyz", null)).Text);
    }
}
