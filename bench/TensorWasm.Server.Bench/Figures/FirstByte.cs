using System.Buffers.Binary;
using System.Net.Http.Headers;
using TensorWasm.Bench.Reporting;
using TensorWasm.Server.Bench.Servers;

namespace TensorWasm.Server.Bench.Figures;

/// <summary>
/// From when a guest emits its first chunk to when the client has it. The guest emits what its clock says, and goes on
/// working; client and server have the same clock.
/// </summary>
internal static class FirstByte
{
    /// <summary>Works for a while, emits the wall clock in nanoseconds, works for some 100 ms more, and emits again.</summary>
    private const string Guest = """
        (module
          (import "wasi_snapshot_preview1" "clock_time_get" (func $clock (param i32 i64 i32) (result i32)))
          (import "wasi:tensor/host" "emit-chunk" (func $emit (param i32 i32) (result i32)))
          (memory (export "memory") 1)
          (func $work (param $turns i64)
            (loop $again
              (local.set $turns (i64.sub (local.get $turns) (i64.const 1)))
              (i64.store (i32.const 64) (i64.add (i64.load (i32.const 64)) (local.get $turns)))
              (br_if $again (i64.ne (local.get $turns) (i64.const 0)))))
          (func (export "main")
            (call $work (i64.const 10000000))
            (drop (call $clock (i32.const 0) (i64.const 0) (i32.const 0)))
            (drop (call $emit (i32.const 0) (i32.const 8)))
            (call $work (i64.const 50000000))
            (drop (call $emit (i32.const 0) (i32.const 8)))))
        """;

    public static async Task RunAsync(Settings settings, Report report)
    {
        // On one processor the guest, which works on, would compete with the server for it.
        using var gateway = Gateway.Start(settings.WithAllProcessors());
        var tenant = await gateway.CreateTenantAsync(1);
        var function = await tenant.DeployAsync(Guest);
        using var client = new HttpClient { BaseAddress = gateway.Client.BaseAddress };
        client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", tenant.Token);
        List<double> first = [], rest = [];
        for (var i = 0; i < 10 + (int)(100 * settings.Scale); i++)
        {
            var (late, after) = await MeasureAsync(client, function);
            if (i < 10) continue;
            first.Add(late);
            rest.Add(after);
        }
        report.Line("A stream's first bytes, ms after the guest emitted them (it works on meanwhile):");
        report.Line();
        report.Header("streams", "median", "p99", "largest", "bar", "to the stream's end, median");
        report.Row(
            $"{first.Count}", Report.Number(Statistics.Median(first)), Report.Number(Statistics.Percentile(first, 0.99)),
            Report.Number(first.Max()), "<= 5", Report.Number(Statistics.Median(rest)));
        report.Data["firstByteMs"] = Report.Raw(first);
    }

    private static async Task<(double First, double End)> MeasureAsync(HttpClient client, string function)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, $"/functions/{function}/invoke-stream");
        using var response = await client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead);
        response.EnsureSuccessStatusCode();
        await using var body = await response.Content.ReadAsStreamAsync();
        var bytes = new byte[8];
        await body.ReadExactlyAsync(bytes);
        var seen = DateTime.UtcNow;
        var emitted = DateTime.UnixEpoch.AddTicks(BinaryPrimitives.ReadInt64LittleEndian(bytes) / TimeSpan.NanosecondsPerTick);
        await body.ReadExactlyAsync(bytes);
        return ((seen - emitted).TotalMilliseconds, (DateTime.UtcNow - emitted).TotalMilliseconds);
    }
}
