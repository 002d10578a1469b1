using System.Net;
using System.Text.RegularExpressions;

namespace TensorWasm.Server.Tests;

/// <summary>Metrics that TensorWasm's dashboards look for, by its names.</summary>
public sealed class MetricTests
{
    [Fact]
    public async Task TensorWasm_s_dashboards_find_their_metrics()
    {
        await using var gateway = await TestGateway.StartAsync(options => options with { Gpu = "cpu", TenantMetrics = 1 });
        var module = await File.ReadAllBytesAsync(Samples.Path("wasm/textgen.wasm"), TestContext.Current.CancellationToken);
        await gateway.SendAsync("POST", "/functions", json: new
        {
            name = "textgen",
            wasm_b64 = Convert.ToBase64String(module),
            settings = new { labels = new Dictionary<string, string> { ["model"] = "textgen" } },
        });
        var reply = await gateway.SendAsync("POST", "/v1/completions", json: new { model = "textgen", prompt = "a", max_tokens = 3 });
        Assert.Equal(HttpStatusCode.OK, reply.Status);
        var other = await gateway.DeployAsync(Guests.Add, "two");
        await gateway.SendAsync("POST", $"/functions/{other}/invoke", "two", new { export = "trap" });

        var text = (await gateway.SendAsync("GET", "/metrics", TestGateway.Admin)).Text;
        Assert.Equal(0, Value("tensor_wasm_active_instances"));
        Assert.Equal(2, Value("tensor_wasm_instance_spawns_total"));
        Assert.Equal(2, Value("tensor_wasm_instance_terminations_total"));
        // Two layers for each token.
        Assert.Equal(6, Value("tensor_wasm_kernel_dispatches_total"));
        Assert.True(Value("tensor_wasm_kernel_latency_seconds_count") >= 6);
        Assert.Equal(0, Value("tensor_wasm_gpu_memory_used_bytes"));
        Assert.Equal(0, Value("tensor_wasm_jobs_active"));
        Assert.Equal(1, Value("tensor_wasm_build_info{[^}]*}"));
        Assert.Equal(1, Value("tensor_wasm_http_requests_total{route=\"/v1/completions\",method=\"POST\",status=\"200\"}"));
        // One tenant has a label of its own; who comes after it shares one.
        Assert.Equal(0, Value("tensor_wasm_gpu_memory_bytes_per_tenant{tenant_id=\"1\"}"));
        Assert.Equal(6, Value("tensor_wasm_tenant_launches_total{tenant_id=\"1\"}"));
        Assert.Equal(1, Value("tensor_wasm_tenant_failures_total{tenant_id=\"other\"}"));
        Assert.DoesNotContain("tenant_id=\"2\"", text);

        double Value(string series)
        {
            var match = Regex.Match(text, $"^{series} (\\S+)$", RegexOptions.Multiline);
            Assert.True(match.Success, $"{series} in\n{text}");
            return double.Parse(match.Groups[1].Value, System.Globalization.CultureInfo.InvariantCulture);
        }
    }
}
