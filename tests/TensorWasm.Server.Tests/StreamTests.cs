using System.Net;
using System.Text;

namespace TensorWasm.Server.Tests;

/// <summary>Output that is answered while the guest runs.</summary>
public sealed class StreamTests
{
    [Fact]
    public async Task Events_say_how_chunks_are_encoded()
    {
        await using var gateway = await TestGateway.StartAsync();
        var id = await gateway.DeployAsync(Guests.Chunks);
        var reply = await gateway.SendAsync(
            "POST", $"/functions/{id}/invoke-stream", headers: ("Accept", "text/event-stream"));
        Assert.Equal("text/event-stream", reply.ContentHeaders.ContentType!.ToString());
        Assert.Equal("base64", reply.Header("X-TensorWasm-Stream-Encoding"));
        // "one\n", "two \xc3" and "\xa4!" in base64.
        Assert.Equal(
            "event: start\ndata: {\"function_id\":\"" + id + "\",\"encoding\":\"base64\"}\n\n" +
            "event: chunk\ndata: b25lCg==\n\nevent: chunk\ndata: dHdvIMM=\n\nevent: chunk\ndata: pCE=\n\n" +
            "event: end\ndata: {\"status\":\"success\",\"function_id\":\"" + id + "\",\"result\":\"ok\"}\n\n",
            reply.Text);
    }

    [Fact]
    public async Task Text_is_cut_between_characters()
    {
        await using var gateway = await TestGateway.StartAsync();
        var id = await gateway.DeployAsync(Guests.Chunks);
        var reply = await gateway.SendAsync(
            "POST", $"/functions/{id}/invoke-stream?encoding=utf-8", headers: ("Accept", "text/event-stream"));
        Assert.Contains(
            "event: chunk\ndata: one\ndata: \n\nevent: chunk\ndata: two \n\nevent: chunk\ndata: ä!\n\nevent: end\n", reply.Text);
    }

    [Fact]
    public async Task Text_that_is_none_ends_with_an_error()
    {
        await using var gateway = await TestGateway.StartAsync();
        var id = await gateway.DeployAsync(Guests.Echo);
        var body = new ByteArrayContent([0x41, 0xFF]) { Headers = { ContentType = new("application/octet-stream") } };
        var reply = await gateway.SendAsync(
            "POST", $"/functions/{id}/invoke-stream?encoding=utf-8", body: body, headers: ("Accept", "text/event-stream"));
        Assert.Contains("event: error\ndata: {\"error\":{\"kind\":\"wasmtime\"", reply.Text);
        Assert.DoesNotContain("event: end", reply.Text);
    }

    [Fact]
    public async Task Bytes_come_as_they_are()
    {
        await using var gateway = await TestGateway.StartAsync();
        var id = await gateway.DeployAsync(Guests.Chunks);
        var reply = await gateway.SendAsync("POST", $"/functions/{id}/invoke-stream");
        Assert.Equal("application/octet-stream", reply.ContentHeaders.ContentType!.ToString());
        Assert.Equal(Encoding.UTF8.GetBytes("one\ntwo ä!"), reply.Body);
    }

    [Fact]
    public async Task What_fails_before_it_emits_is_an_ordinary_error()
    {
        await using var gateway = await TestGateway.StartAsync();
        var id = await gateway.DeployAsync(Guests.Add);
        (await gateway.SendAsync("POST", $"/functions/{id}/invoke-stream", json: """{"export":"trap"}""")).Refused(500, "wasmtime");
        (await gateway.SendAsync("POST", $"/functions/{id}/invoke-stream", json: """{"export":"no"}""")).Refused(400, "missing_export");
        (await gateway.SendAsync("POST", $"/functions/{id}/invoke-stream?encoding=x")).Refused(400, "invalid_request");
    }

    [Fact]
    public async Task A_client_that_leaves_ends_its_guest()
    {
        await using var gateway = await TestGateway.StartAsync();
        var id = await gateway.DeployAsync(Guests.Flood);
        using (var request = new HttpRequestMessage(HttpMethod.Post, $"/functions/{id}/invoke-stream"))
        {
            request.Headers.Authorization = new("Bearer", "one");
            using var response = await gateway.Client.SendAsync(
                request, HttpCompletionOption.ResponseHeadersRead, TestContext.Current.CancellationToken);
            Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        }
        await Wait.UntilAsync(async () =>
        {
            var metrics = (await gateway.SendAsync("GET", "/metrics", token: null)).Text;
            return metrics.Contains(
                "tensor_wasm_http_requests_total{route=\"/functions/{id}/invoke-stream\",method=\"POST\",status=\"499\"} 1\n",
                StringComparison.Ordinal);
        });
    }
}
