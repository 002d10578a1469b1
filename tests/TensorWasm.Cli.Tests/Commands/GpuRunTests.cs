using System.Text.Json;
using TensorWasm.Gpu;

namespace TensorWasm.Cli.Tests.Commands;

/// <summary>Guests with kernels from the command line: the samples, whose answers each checks by itself.</summary>
public sealed class GpuRunTests : CliTest
{
    private static readonly string VectorAdd = Sample("vector-add");

    private const string Streaming = """
        (module
          (import "wasi:tensor/host" "emit-chunk" (func $emit (param i32 i32) (result i32)))
          (import "wasi:tensor/host" "flush" (func $flush (result i32)))
          (import "wasi:tensor/host" "input-len" (func $length (result i32)))
          (import "wasi:tensor/host" "read-input" (func $read (param i32 i32) (result i32)))
          (import "wasi:scheduler/host@0.1.0" "deadline-remaining-ms" (func $remaining (result i32)))
          (memory (export "memory") 1)
          (func (export "_start")
            (drop (call $emit (i32.const 0) (call $read (i32.const 0) (call $length))))
            (drop (call $flush)))
          (func (export "remaining") (result i32) (call $remaining)))
        """;

    [Fact]
    public void A_guest_computes_on_the_processor()
    {
        var result = Run("run", "--gpu", "cpu", VectorAdd, "1000");
        Assert.Equal((0, ""), (result.ExitCode, result.Error));
        Assert.Contains("right", result.Output, StringComparison.Ordinal);
    }

    [Fact]
    public void What_a_guest_logs_is_told_on_standard_error_and_harms_no_terminal()
    {
        var module = Write("log.wat", """
            (module
              (import "wasi:logging/logging" "log" (func $wasi (param i32 i32 i32 i32 i32)))
              (import "tensorwasm:telemetry/host@0.1.0" "log" (func $log (param i32 i32 i32) (result i32)))
              (memory (export "memory") 1)
              (data (i32.const 0) "about\1b[2Jsaid\n")
              (func (export "_start")
                (call $wasi (i32.const 4) (i32.const 0) (i32.const 5) (i32.const 5) (i32.const 9))
                (drop (call $log (i32.const 2) (i32.const 9) (i32.const 4)))))
            """);
        Assert.Equal(new CliResult(0, "", "error: about: \\u{1b}[2Jsaid\\u{a}\ninfo: said\n"), Run("run", module));
    }

    [Fact]
    public void Auto_finds_a_device()
    {
        var result = Run("run", VectorAdd, "1000");
        Assert.Equal((0, ""), (result.ExitCode, result.Error));
    }

    [Fact]
    public void Statistics_tell_what_was_used_of_the_device()
    {
        var result = Run("run", "--gpu", "cpu", "--stats", "json", VectorAdd, "1000");
        var gpu = JsonDocument.Parse(result.Error).RootElement.GetProperty("gpu");
        Assert.Equal(1, gpu.GetProperty("launches").GetInt32());
        Assert.Equal(0, gpu.GetProperty("stops").GetInt32());
        Assert.True(gpu.GetProperty("peakBytes").GetInt64() > 0);
        Assert.DoesNotContain("\"gpu\"", Run("run", "--gpu", "none", "--stats", "json", VectorAdd).Error, StringComparison.Ordinal);
    }

    [Fact]
    public void Without_a_device_the_guest_is_told_so()
    {
        var result = Run("run", "--gpu", "none", VectorAdd);
        Assert.Equal(77, result.ExitCode);
        Assert.Contains("(--gpu none)", result.Error, StringComparison.Ordinal);
    }

    [Fact]
    public void A_GPU_that_is_asked_for_and_missing_is_an_error_never_another_device()
    {
        Assert.SkipWhen(GpuDevices.CudaUnavailableReason is null, "this machine has a GPU");
        foreach (var choice in (string[])["cuda", "cuda:0", "cuda:7"])
        {
            var result = Run("run", "--gpu", choice, VectorAdd);
            Assert.Equal((1, ""), (result.ExitCode, result.Output));
            Assert.Contains(GpuDevices.CudaUnavailableReason!, result.Error, StringComparison.Ordinal);
        }
        // Whatever the guest imports.
        Assert.Equal(1, Run("run", "--gpu", "cuda", "--invoke", "add", Write("m.wat", Math), "1", "2").ExitCode);
    }

    [Theory]
    [InlineData("--gpu", "gpu")]
    [InlineData("--gpu", "cuda:x")]
    [InlineData("--gpu-memory", "lots")]
    [InlineData("--gpu-time-limit", "0s")]
    public void Wrong_values_are_usage_errors(string option, string value) =>
        Assert.Equal(2, Run("run", option, value, VectorAdd).ExitCode);

    [Fact]
    public void A_folder_of_kernels_must_be_there() => Assert.Contains(
        "there is no folder", Run("run", "--kernels", Path.Combine(Folder, "none"), VectorAdd).Error, StringComparison.Ordinal);

    [Fact]
    public void Device_memory_is_limited()
    {
        var result = Run("run", "--gpu", "cpu", "--gpu-memory", "0", VectorAdd);
        Assert.NotEqual(0, result.ExitCode);
        Assert.Contains("tenant 'guest'", result.Error, StringComparison.Ordinal);
    }

    [Fact]
    public void Devices_are_listed_with_the_reason_for_those_that_are_not_there()
    {
        var text = Run("devices");
        Assert.Equal((0, ""), (text.ExitCode, text.Error));
        Assert.Contains("cpu  ", text.Output, StringComparison.Ordinal);
        var json = JsonDocument.Parse(Run("devices", "--json").Output).RootElement;
        var cpu = json.GetProperty("devices").EnumerateArray().Single(d => d.GetProperty("device").GetString() == "cpu");
        Assert.Equal(32, cpu.GetProperty("warpSize").GetInt32());
        Assert.Equal(
            GpuDevices.CudaUnavailableReason is null ? [] : [GpuDevices.CudaUnavailableReason],
            json.GetProperty("problems").EnumerateArray().Select(p => p.GetString()));
    }

    [Fact]
    public void Streams_are_the_standard_ones_and_the_deadline_is_the_timeout()
    {
        var path = Write("stream.wat", Streaming);
        Assert.Equal(new CliResult(0, "hello", ""), RunWith("hello"u8, CancellationToken.None, "run", path));
        Assert.Equal("-1\n", Run("run", "--invoke", "remaining", path).Output);
        var remaining = Run("run", "--timeout", "60s", "--invoke", "remaining", path).Output;
        Assert.InRange(int.Parse(remaining, System.Globalization.CultureInfo.InvariantCulture), 1, 60_000);
    }

    [Fact]
    public void Inspect_knows_the_interfaces()
    {
        var report = Run("inspect", "--json", VectorAdd);
        var root = JsonDocument.Parse(report.Output).RootElement;
        Assert.True(root.GetProperty("capabilities").GetProperty("kernels").GetArrayLength() >= 2);
        Assert.Equal(0, root.GetProperty("unknownImports").GetArrayLength());
        Assert.Contains("streaming", Run("inspect", Write("stream.wat", Streaming)).Output, StringComparison.Ordinal);
    }

    private static string Sample(string name) => Path.Combine(Repository.Root, "samples", name, "guest.wasm");
}
