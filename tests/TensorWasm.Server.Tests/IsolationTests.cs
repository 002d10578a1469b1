using System.Net;
using System.Security.Cryptography;
using System.Text;
using Microsoft.AspNetCore.Routing;

namespace TensorWasm.Server.Tests;

/// <summary>On every route there is, what is another tenant's answers as what is not there, and stays as it is.</summary>
public sealed class IsolationTests
{
    private const string Ptx = ".version 7.0\n.target sm_70\n.address_size 64\n.visible .entry noop()\n{\n    ret;\n}\n";

    private static readonly string Key = new('7', 64);

    /// <summary>Logs a record, so that its invocations have traces.</summary>
    private const string Logger = """
        (module
          (import "wasi:logging/logging" "log" (func $log (param i32 i32 i32 i32 i32)))
          (memory (export "memory") 1)
          (func (export "main") (call $log (i32.const 2) (i32.const 0) (i32.const 0) (i32.const 0) (i32.const 1))))
        """;

    /// <summary>What tenant 1 has: what stands in each route's place for a name, and what is nowhere.</summary>
    private sealed record Things(Guid Function, string Job, string Trace)
    {
        internal string Fill(Route route, bool isReal)
        {
            var (function, job, trace) = isReal
                ? (Function.ToString(), Job, Trace)
                : (Guid.NewGuid().ToString(), Guid.NewGuid().ToString(), new string('0', 32));
            return route.Pattern
                .Replace("{id}", route.Pattern.StartsWith("/jobs", StringComparison.Ordinal) ? job : function, StringComparison.Ordinal)
                .Replace("{name}", isReal ? "mine" : "none", StringComparison.Ordinal)
                .Replace("{version}", "1", StringComparison.Ordinal)
                .Replace("{trace}", trace, StringComparison.Ordinal)
                .Replace("{alias}", "stable", StringComparison.Ordinal)
                .Replace("{**model}", isReal ? "mine" : "none", StringComparison.Ordinal)
                .Replace("{model}", isReal ? "mine" : "none", StringComparison.Ordinal);
        }
    }

    private static async Task<Things> MakeAsync(TestGateway gateway)
    {
        var function = await gateway.DeployAsync(
            Logger, settings: new { labels = new Dictionary<string, string> { ["model"] = "mine" } });
        await gateway.SendAsync("PUT", $"/functions/{function}/aliases/stable", json: new { version = 1 });
        var digest = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(Ptx)));
        var envelope = KernelEnvelope.Write("mine", "1", [new("sm_70", digest)], "acme", 1);
        var published = await gateway.SendAsync("POST", "/kernels", json: new
        {
            manifest = new
            {
                name = "mine",
                version = "1",
                variants = new { sm_70 = digest },
                publisher = "acme",
                published_unix_ms = 1,
                algorithm = "hmac-sha256",
                signature = Convert.ToBase64String(HMACSHA256.HashData(Convert.FromHexString(Key), envelope)),
            },
            ptx_text = Ptx,
        });
        Assert.Equal(HttpStatusCode.Created, published.Status);
        var call = await gateway.SendAsync("POST", $"/functions/{function}/invoke", json: "{}");
        var job = (await gateway.SendAsync("POST", $"/functions/{function}/invoke-async", json: "{}")).Json.GetProperty("job_id").GetString()!;
        return new(Guid.Parse(function), job, call.Header("x-trace-id")!);
    }

    private static object? BodyOf(Route route) => route switch
    {
        { Action: "set_alias" } => new { version = 1 },
        { Action: "update_kernel" } => new { visibility = "shared" },
        { Action: "update_function" } => new { name = "stolen" },
        { Description.Body.Count: > 0 } => "{}",
        _ => null,
    };

    [Fact]
    public async Task What_is_another_s_answers_as_what_is_not_there()
    {
        await using var gateway = await TestGateway.StartAsync(
            options => options with { KernelHmacKey = Key, KernelPublishTokens = ["one", "two"] });
        var things = await MakeAsync(gateway);
        var routes = gateway.Host.Endpoints.OfType<RouteEndpoint>().Select(endpoint => endpoint.Metadata.GetMetadata<Route>())
            .OfType<Route>().Where(route => route.ForTenant && route.Pattern.Contains('{', StringComparison.Ordinal)).ToList();
        Assert.True(routes.Count >= 16, $"{routes.Count}");
        foreach (var route in routes)
        {
            var foreign = await SendAsync(things.Fill(route, isReal: true));
            var absent = await SendAsync(things.Fill(route, isReal: false));
            Assert.Equal(HttpStatusCode.NotFound, absent.Status);
            Assert.Equal((route.Pattern, absent.Status), (route.Pattern, foreign.Status));
            // A message may name what the client asked for.
            Assert.Equal(absent.Text.Replace("none", "mine", StringComparison.Ordinal), foreign.Text);
            Assert.Equal(Names(absent), Names(foreign));

            Task<Reply> SendAsync(string path) => gateway.SendAsync(route.Method, path, "two", BodyOf(route));
        }

        // All is as it was.
        var function = (await gateway.SendAsync("GET", $"/functions/{things.Function}")).Json;
        Assert.Equal("test", function.GetProperty("name").GetString());
        Assert.Equal("private", (await gateway.SendAsync("GET", "/kernels/mine/1")).Json.GetProperty("visibility").GetString());
        Assert.Equal(HttpStatusCode.OK, (await gateway.SendAsync("POST", $"/functions/{things.Function}@stable/invoke", json: "{}")).Status);
        await Wait.UntilAsync(async () =>
            (await gateway.SendAsync("GET", $"/jobs/{things.Job}")).Json.GetProperty("state").GetString() == "completed");

        static IEnumerable<string> Names(Reply reply) => reply.Headers.Concat(reply.ContentHeaders).Select(header => header.Key).Order();
    }

    [Fact]
    public async Task Lists_have_nothing_of_others()
    {
        await using var gateway = await TestGateway.StartAsync(
            options => options with { KernelHmacKey = Key, KernelPublishTokens = ["one", "two"] });
        await MakeAsync(gateway);
        foreach (var (path, member) in ((string, string)[])
            [("/functions", "functions"), ("/jobs", "jobs"), ("/kernels", "manifests"), ("/traces", "invocations"), ("/v1/models", "data")])
        {
            Assert.NotEqual(0, (await gateway.SendAsync("GET", path)).Json.GetProperty(member).GetArrayLength());
            Assert.Equal(0, (await gateway.SendAsync("GET", path, "two")).Json.GetProperty(member).GetArrayLength());
        }
        var usage = (await gateway.SendAsync("GET", "/usage", "two")).Json;
        Assert.Equal(0, usage.GetProperty("storage_bytes").GetInt64());
        Assert.Equal(0, usage.GetProperty("since_start").GetProperty("requests").GetInt64());
    }
}
