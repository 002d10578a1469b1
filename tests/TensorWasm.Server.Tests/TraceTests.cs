using System.Net;
using System.Text.Json;

namespace TensorWasm.Server.Tests;

/// <summary>Traces from the client through the guest to its kernels: for the tenant, and for the operator's collector.</summary>
public sealed class TraceTests
{
    private const string TraceId = "4bf92f3577b34da6a3ce929d0e0e4736";
    private const string ParentId = "00f067aa0ba902b7";

    /// <summary>Records a span with attributes and logs, and one that fails; its words are hostile.</summary>
    private const string Recorder = """
        (module
          (import "tensorwasm:telemetry/host@0.1.0" "span-begin" (func $begin (param i32 i32) (result i32)))
          (import "tensorwasm:telemetry/host@0.1.0" "span-text" (func $text (param i32 i32 i32 i32 i32) (result i32)))
          (import "tensorwasm:telemetry/host@0.1.0" "span-number" (func $number (param i32 i32 i32 f64) (result i32)))
          (import "tensorwasm:telemetry/host@0.1.0" "span-fail" (func $fail (param i32 i32 i32) (result i32)))
          (import "tensorwasm:telemetry/host@0.1.0" "span-end" (func $end (param i32) (result i32)))
          (import "wasi:logging/logging" "log" (func $log (param i32 i32 i32 i32 i32)))
          (memory (export "memory") 1)
          (data (i32.const 0) "work\ntensorwasm.tenantsecret\n{\"x\":1}\00")
          (func (export "main") (local $span i32)
            (local.set $span (call $begin (i32.const 0) (i32.const 5)))
            (drop (call $text (local.get $span) (i32.const 5) (i32.const 17) (i32.const 22) (i32.const 6)))
            (drop (call $number (local.get $span) (i32.const 0) (i32.const 4) (f64.const nan)))
            (call $log (i32.const 3) (i32.const 0) (i32.const 4) (i32.const 22) (i32.const 15))
            (drop (call $fail (local.get $span) (i32.const 22) (i32.const 6)))
            (drop (call $end (local.get $span))))
          (func (export "quiet")))
        """;

    [Fact]
    public async Task A_guest_s_spans_and_logs_reach_its_tenant_and_nobody_else()
    {
        await using var gateway = await TestGateway.StartAsync();
        var function = await gateway.DeployAsync(Recorder);
        var call = await gateway.SendAsync("POST", $"/functions/{function}/invoke", json: "{}");
        Assert.Equal(HttpStatusCode.OK, call.Status);
        var trace = call.Header("x-trace-id")!;
        // An invocation that records nothing is not listed.
        await gateway.SendAsync("POST", $"/functions/{function}/invoke", json: new { export = "quiet" });

        var invocation = Assert.Single((await gateway.SendAsync("GET", $"/traces/{trace}")).Json.GetProperty("invocations").EnumerateArray());
        Assert.Equal(function, invocation.GetProperty("function_id").GetString());
        Assert.Equal(trace, invocation.GetProperty("trace_id").GetString());
        var span = Assert.Single(invocation.GetProperty("spans").EnumerateArray());
        Assert.Equal(("guest", "work\n", "secret"), (Text(span, "kind"), Text(span, "name"), Text(span, "failure")));
        Assert.Equal("""{"tensorwasm.tenant":"secret","work":"NaN"}""", span.GetProperty("attributes").GetRawText());
        var log = Assert.Single(invocation.GetProperty("logs").EnumerateArray());
        Assert.Equal(("warn", "work", "secret\n{\"x\":1}\0"), (Text(log, "level"), Text(log, "context"), Text(log, "message")));
        Assert.Equal(0, log.GetProperty("span").GetInt32());
        Assert.Equal(1, (await ListAsync(gateway, $"?function={function}")).GetArrayLength());
        Assert.Equal(0, (await ListAsync(gateway, $"?function={Guid.NewGuid()}")).GetArrayLength());

        // Another tenant can't tell it from one that never was.
        var foreign = await gateway.SendAsync("GET", $"/traces/{trace}", "two");
        foreign.Refused(404, "not_found");
        Assert.Equal(foreign.Text, (await gateway.SendAsync("GET", $"/traces/{new string('0', 32)}", "two")).Text);
        Assert.Equal(0, (await ListAsync(gateway, "", "two")).GetArrayLength());
        Assert.DoesNotContain("secret", (await gateway.SendAsync("GET", "/metrics", TestGateway.Admin)).Text);
        Assert.DoesNotContain(await gateway.AuditAsync(), record => record.GetRawText().Contains("secret", StringComparison.Ordinal));
        (await gateway.SendAsync("GET", "/traces?limit=0")).Refused(400, "invalid_request");
        (await gateway.SendAsync("GET", "/traces?function=x")).Refused(400, "invalid_request");
    }

    [Fact]
    public async Task A_job_s_trace_names_the_job()
    {
        await using var gateway = await TestGateway.StartAsync();
        var function = await gateway.DeployAsync(Recorder);
        var submitted = await gateway.SendAsync("POST", $"/functions/{function}/invoke-async", json: "{}");
        await Wait.UntilAsync(async () => (await ListAsync(gateway, "")).GetArrayLength() == 1);
        // It belongs to the trace of the request that submitted it.
        var traced = (await gateway.SendAsync("GET", $"/traces/{submitted.Header("x-trace-id")}")).Json.GetProperty("invocations")[0];
        Assert.Equal(submitted.Json.GetProperty("job_id").GetString(), Text(traced, "job_id"));
    }

    [Theory]
    [InlineData("grpc", "/opentelemetry.proto.collector.trace.v1.TraceService/Export")]
    [InlineData("http/protobuf", "/v1/traces")]
    public async Task A_collector_gets_the_whole_way_of_a_chat(string protocol, string path)
    {
        await using var receiver = await OtlpReceiver.StartAsync(protocol == "grpc");
        await using (var gateway = await TestGateway.StartAsync(
            options => options with { OtlpEndpoint = receiver.Address, OtlpProtocol = protocol, Gpu = "cpu" }))
        {
            var module = await File.ReadAllBytesAsync(Samples.Path("wasm/textgen.wasm"), TestContext.Current.CancellationToken);
            await gateway.SendAsync("POST", "/functions", json: new
            {
                name = "textgen",
                wasm_b64 = Convert.ToBase64String(module),
                settings = new { labels = new Dictionary<string, string> { ["model"] = "textgen" } },
            });
            var recorder = await gateway.DeployAsync(Recorder);
            var chat = await gateway.SendAsync(
                "POST", "/v1/chat/completions",
                json: new { model = "textgen", messages = new[] { new { role = "user", content = "The " } }, max_tokens = 2 },
                headers: ("traceparent", $"00-{TraceId}-{ParentId}-01"));
            Assert.Equal(HttpStatusCode.OK, chat.Status);
            Assert.Equal(TraceId, chat.Header("x-trace-id"));
            Assert.StartsWith($"00-{TraceId}-", chat.Header("traceresponse"));
            await gateway.SendAsync(
                "POST", $"/functions/{recorder}/invoke", json: "{}", headers: ("traceparent", $"00-{TraceId}-{ParentId}-01"));
            await gateway.SendAsync(
                "POST", $"/functions/{recorder}/invoke-async", json: "{}", headers: ("traceparent", $"00-{new string('5', 32)}-{ParentId}-01"));
            await Wait.UntilAsync(async () => (await ListAsync(gateway, $"?function={recorder}")).GetArrayLength() == 2);
            // A client that does not sample is not sampled.
            await gateway.SendAsync(
                "POST", $"/functions/{recorder}/invoke", json: "{}", headers: ("traceparent", $"00-{new string('7', 32)}-{ParentId}-00"));
        }
        // Stopping has sent everything.
        Assert.Contains(path, receiver.Paths.Keys);
        Assert.DoesNotContain(receiver.Spans, span => span.TraceId == new string('7', 32));
        var spans = receiver.Spans.Where(span => span.TraceId == TraceId).ToDictionary(span => span.Id);
        Assert.All(spans.Values, span => Assert.Equal("tensor-wasm", span.Service));
        Assert.All(spans.Values, span => Assert.True(span.Start <= span.End));

        // From a kernel outwards to the client's own span.
        var kernel = spans.Values.First(span => span.Name == "wasi_cuda.dispatch");
        Assert.Equal("matvec", kernel.Attributes["kernel"]);
        Assert.NotEqual("0", kernel.Attributes["gpu_time_ns"]);
        List<string> way = [];
        for (var span = kernel; ; span = spans[span.ParentId])
        {
            way.Add(span.Name);
            if (span.ParentId == ParentId) break;
        }
        Assert.Equal(["wasi_cuda.dispatch", "wasi_cuda.launch", "choice", "call_export", "invoke.run", "http.request"], way);
        // Two layers for each of two characters.
        Assert.Equal(4, spans.Values.Count(span => span.Name == "wasi_cuda.dispatch"));
        var load = spans.Values.Single(span => span.Name == "wasi_cuda.load_ptx");
        Assert.Equal("call_export", spans[load.ParentId].Name);
        Assert.All(spans.Values.Where(span => span.Name != "http.request"), span => Assert.Equal("1", span.Attributes["tensorwasm.tenant"]));

        // The guest's own, which can't pass for ours.
        var work = spans.Values.Single(span => span.Name == "work\n");
        Assert.True(work.IsError);
        Assert.Equal(("guest", "1", "secret"), (work.Attributes["tensorwasm.origin"], work.Attributes["tensorwasm.tenant"], work.Attributes["guest.tensorwasm.tenant"]));
        var (name, attributes) = Assert.Single(work.Events);
        Assert.Equal(("log", "Warn", "work"), (name, attributes["level"], attributes["context"]));

        // A job's way leads to the request that submitted it.
        var later = receiver.Spans.Where(span => span.TraceId == new string('5', 32)).ToDictionary(span => span.Id);
        var run = later.Values.Single(span => span.Name == "invoke.run");
        Assert.Equal("async_invoke.job", later[run.ParentId].Name);
        Assert.Equal("http.request", later[later[run.ParentId].ParentId].Name);

        // Metrics, too.
        foreach (var metric in (string[])
            ["tensor_wasm.http.requests", "tensor_wasm.http.request.duration", "tensor_wasm.active_instances",
             "tensor_wasm.kernel_dispatches", "tensor_wasm.model.tokens", "tensor_wasm.build_info"])
        {
            Assert.Contains(metric, receiver.Metrics.Keys);
        }
    }

    private static string? Text(JsonElement json, string name) => json.GetProperty(name).GetString();

    private static async Task<JsonElement> ListAsync(TestGateway gateway, string query, string token = "one") =>
        (await gateway.SendAsync("GET", "/traces" + query, token)).Json.GetProperty("invocations");
}
