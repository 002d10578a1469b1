using System.Net;
using System.Net.Http.Headers;

namespace TensorWasm.Server.Tests;

/// <summary>Deploying and calling functions through real HTTP.</summary>
public sealed class InvocationTests
{
    [Fact]
    public async Task A_deployed_function_is_called()
    {
        await using var gateway = await TestGateway.StartAsync();
        var id = await gateway.DeployAsync(Guests.Add);
        var reply = await gateway.SendAsync("POST", $"/functions/{id}/invoke", json: new { export = "add", args = new[] { 2, 3 } });
        Assert.Equal(HttpStatusCode.OK, reply.Status);
        Assert.Equal($$"""{"function_id":"{{id}}","result":[5]}""", reply.Text);
        Assert.True(Guid.TryParse(reply.Header("X-Request-Id"), out _));
        Assert.Matches("^[0-9a-f]{32}$", reply.Header("x-trace-id"));
    }

    [Theory]
    [InlineData("add", "[-2147483648, -1]", "[2147483647]")]
    [InlineData("add64", "[1, 2]", "[3]")]
    [InlineData("add64", "[\"9223372036854775807\", 0]", "[9223372036854775807]")]
    [InlineData("half", "[0.5]", "[0.25]")]
    [InlineData("half", "[3]", "[1.5]")]
    [InlineData("twice", "[\"inf\"]", "[\"inf\"]")]
    [InlineData("twice", "[1e308]", "[\"inf\"]")]
    [InlineData("swap", "[7, 0.1]", "[0.1,7]")]
    [InlineData("lanes", "[\"i32x4:1,2,3,4\"]", "[\"i32x4:0x00000002,0x00000004,0x00000006,0x00000008\"]")]
    [InlineData("nothing", "[]", "\"ok\"")]
    public async Task Arguments_become_what_the_export_takes(string export, string args, string result)
    {
        await using var gateway = await TestGateway.StartAsync();
        var id = await gateway.DeployAsync(Guests.Add);
        var reply = await gateway.SendAsync(
            "POST", $"/functions/{id}/invoke", json: $$"""{"export":"{{export}}","args":{{args}},"unknown":true}""");
        Assert.Equal($$"""{"function_id":"{{id}}","result":{{result}}}""", reply.Text);
    }

    [Fact]
    public async Task A_body_may_be_missing()
    {
        await using var gateway = await TestGateway.StartAsync();
        var id = await gateway.DeployAsync(Guests.Add);
        var reply = await gateway.SendAsync("POST", $"/functions/{id}/invoke");
        Assert.Equal("[42]", reply.Json.GetProperty("result").GetRawText());
        reply = await gateway.SendAsync("POST", $"/functions/{id}/invoke?export=add&arg=1&arg=2");
        Assert.Equal("[3]", reply.Json.GetProperty("result").GetRawText());
    }

    [Theory]
    [InlineData("""{"export":"no"}""", 400, "missing_export")]
    [InlineData("""{"export":"add"}""", 400, "invalid_args")]
    [InlineData("""{"export":"add","args":[1,"x"]}""", 400, "invalid_args")]
    [InlineData("""{"export":"add","args":[1,true]}""", 400, "invalid_args")]
    [InlineData("""{"export":"add","args":[1,4294967296]}""", 400, "invalid_args")]
    [InlineData("""{"export":"add","args":{}}""", 400, "invalid_args")]
    [InlineData("""{"export":1}""", 400, "invalid_request")]
    [InlineData("""{"export":"\ud800"}""", 400, "invalid_json")]
    [InlineData("""{"export":"add" """, 400, "invalid_json")]
    [InlineData("""[1]""", 400, "invalid_json")]
    [InlineData("""{"export":"trap"}""", 500, "wasmtime")]
    [InlineData("""{"export":"spin","deadline_ms":50}""", 504, "invoke_timeout")]
    public async Task What_is_wrong_is_told(string json, int status, string kind)
    {
        await using var gateway = await TestGateway.StartAsync();
        var id = await gateway.DeployAsync(Guests.Add);
        (await gateway.SendAsync("POST", $"/functions/{id}/invoke", json: json)).Refused(status, kind);
        // The gateway is none the worse for it.
        var reply = await gateway.SendAsync("POST", $"/functions/{id}/invoke");
        Assert.Equal(HttpStatusCode.OK, reply.Status);
    }

    [Fact]
    public async Task Bytes_go_in_and_out()
    {
        await using var gateway = await TestGateway.StartAsync();
        var id = await gateway.DeployAsync(Guests.Echo);
        byte[] bytes = [0, 1, 2, 255, 10, 13];
        var body = new ByteArrayContent(bytes) { Headers = { ContentType = new("application/octet-stream") } };
        var reply = await gateway.SendAsync(
            "POST", $"/functions/{id}/invoke", body: body, headers: ("Accept", "application/octet-stream"));
        Assert.True(reply.Status == HttpStatusCode.OK, reply.Text);
        Assert.Equal(bytes, reply.Body);
        Assert.Equal("[0]", reply.Header("X-TensorWasm-Result"));
    }

    [Fact]
    public async Task Tensors_keep_their_type_and_shape()
    {
        await using var gateway = await TestGateway.StartAsync();
        var id = await gateway.DeployAsync(Guests.Echo);
        var bytes = new byte[24];
        Random.Shared.NextBytes(bytes);
        const string type = "application/vnd.tensorwasm.tensor";
        HttpContent Body() => new ByteArrayContent(bytes) { Headers = { ContentType = new(type) } };
        var reply = await gateway.SendAsync(
            "POST", $"/functions/{id}/invoke", body: Body(),
            headers: [("Accept", type), ("X-Tensor-Dtype", "f32"), ("X-Tensor-Shape", "2, 3")]);
        Assert.Equal(bytes, reply.Body);
        Assert.Equal("f32", reply.Header("X-Tensor-Dtype"));
        Assert.Equal("2,3", reply.Header("X-Tensor-Shape"));
        foreach (var (dtype, shape) in ((string, string)[])
            [("f32", "7"), ("f99", "6"), ("f32", "-6"), ("f32", "4294967296,4294967296"), ("f32", "x")])
        {
            reply = await gateway.SendAsync(
                "POST", $"/functions/{id}/invoke", body: Body(),
                headers: [("Accept", type), ("X-Tensor-Dtype", dtype), ("X-Tensor-Shape", shape)]);
            reply.Refused(400, "invalid_request");
        }
    }

    [Fact]
    public async Task A_module_may_be_the_body()
    {
        await using var gateway = await TestGateway.StartAsync();
        byte[] empty = [0, 0x61, 0x73, 0x6D, 1, 0, 0, 0];
        HttpContent Body() => new ByteArrayContent(empty) { Headers = { ContentType = new MediaTypeHeaderValue("application/wasm") } };
        var reply = await gateway.SendAsync("POST", "/functions?name=empty&reuse_identical=true", body: Body());
        Assert.Equal(HttpStatusCode.OK, reply.Status);
        Assert.Equal(1, reply.Json.GetProperty("version").GetInt32());
        Assert.Equal(
            "93a44bbb96c751218e4c00d479e4c14358122a389acca16205b1e4d0dc5f9476", reply.Json.GetProperty("sha256").GetString());
        var again = await gateway.SendAsync("POST", "/functions?name=empty&reuse_identical=true", body: Body());
        Assert.Equal(reply.Json.GetProperty("id").GetString(), again.Json.GetProperty("id").GetString());
        Assert.False(again.Json.GetProperty("is_new").GetBoolean());
        (await gateway.SendAsync("POST", "/functions", body: Body())).Refused(400, "invalid_name");
    }

    [Theory]
    [InlineData("""{"name":"f"}""", "invalid_base64")]
    [InlineData("""{"name":"f","wasm_b64":"!"}""", "invalid_base64")]
    [InlineData("""{"name":"f","wasm_b64":"AGFzbQEAAAA"}""", "invalid_base64")]
    [InlineData("""{"name":"f","wasm_b64":"AGFzbQIAAAA="}""", "invalid_wasm")]
    [InlineData("""{"name":"","wasm_b64":"AGFzbQEAAAA="}""", "invalid_name")]
    [InlineData("""{"name":1,"wasm_b64":"AGFzbQEAAAA="}""", "invalid_name")]
    [InlineData("""{"name":"f","wasm_b64":"AGFzbQEAAAA=","settings":{"limits":{"memory_bytes":-1}}}""", "invalid_request")]
    [InlineData("""{"name":"f","wasm_b64":"AGFzbQEAAAA=","settings":{"capabilities":["root"]}}""", "invalid_request")]
    public async Task A_wrong_deployment_is_refused(string json, string kind)
    {
        await using var gateway = await TestGateway.StartAsync();
        (await gateway.SendAsync("POST", "/functions", json: json)).Refused(400, kind);
    }

    [Fact]
    public async Task Functions_are_listed_updated_and_deleted()
    {
        await using var gateway = await TestGateway.StartAsync();
        var id = await gateway.DeployAsync("""(module (func (export "main") (result i32) (i32.const 1)))""", name: "first");
        var update = await gateway.SendAsync("PATCH", $"/functions/{id}", json: new
        {
            name = "second",
            wasm_b64 = Convert.ToBase64String("(module (func (export \"main\") (result i32) (i32.const 2)))"u8),
            settings = new { labels = new Dictionary<string, string> { ["team"] = "a" } },
        });
        Assert.Equal(2, update.Json.GetProperty("version").GetInt32());
        var alias = await gateway.SendAsync("PUT", $"/functions/{id}/aliases/stable", json: new { version = 1 });
        Assert.Equal(1, alias.Json.GetProperty("aliases").GetProperty("stable").GetInt32());
        foreach (var (path, result) in ((string, int)[])[("", 2), ("@stable", 1), ("@2", 2)])
        {
            var reply = await gateway.SendAsync("POST", $"/functions/{id}{path}/invoke");
            Assert.Equal(result, reply.Json.GetProperty("result")[0].GetInt32());
        }
        (await gateway.SendAsync("POST", $"/functions/{id}@3/invoke")).Refused(404, "not_found");

        var function = (await gateway.SendAsync("GET", $"/functions/{id}")).Json;
        Assert.Equal("second", function.GetProperty("name").GetString());
        Assert.Equal(2, function.GetProperty("versions").GetArrayLength());
        Assert.Equal(
            "a", function.GetProperty("versions")[0].GetProperty("settings").GetProperty("labels").GetProperty("team").GetString());
        var list = (await gateway.SendAsync("GET", "/functions?limit=5")).Json.GetProperty("functions");
        Assert.Equal(id, list[0].GetProperty("id").GetString());
        Assert.Equal(0, (await gateway.SendAsync("GET", "/functions", "two")).Json.GetProperty("functions").GetArrayLength());

        Assert.Equal(HttpStatusCode.NoContent, (await gateway.SendAsync("DELETE", $"/functions/{id}")).Status);
        (await gateway.SendAsync("DELETE", $"/functions/{id}")).Refused(404, "not_found");
        (await gateway.SendAsync("POST", $"/functions/{id}/invoke")).Refused(404, "not_found");
    }

    [Fact]
    public async Task Functions_outlive_the_server()
    {
        var folder = Directory.CreateTempSubdirectory("tensorwasm-server-");
        try
        {
            string id;
            await using (var first = await TestGateway.StartAsync(folder: folder.FullName)) id = await first.DeployAsync(Guests.Add);
            await using var second = await TestGateway.StartAsync(folder: folder.FullName);
            var reply = await second.SendAsync("POST", $"/functions/{id}/invoke");
            Assert.Equal("[42]", reply.Json.GetProperty("result").GetRawText());
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }
}
