namespace TensorWasm.Host.Tests;

/// <summary><c>tensorwasm:telemetry</c> and <c>wasi:logging</c>, and what is recorded of calls and kernels.</summary>
public sealed class TelemetryTests : DeviceTest
{
    private const string Module = "tensorwasm:telemetry/host@0.1.0";
    private const string Logging = "wasi:logging/logging";

    private static long Text(TestGuest guest, string name, string text, params long[] before)
    {
        const uint At = 512;
        return guest.CallIn(Module, name, [.. before, At, guest.Write(At, text)]);
    }

    private static InvocationTrace Begin(TestGuest guest, ManualClock clock)
    {
        var trace = new InvocationTrace(clock, clock.GetTimestamp());
        guest.Context.BeginInvocation(trace: trace);
        return trace;
    }

    [Fact]
    public void Spans_nest_and_logs_lie_in_the_innermost()
    {
        var clock = new ManualClock();
        using var guest = new TestGuest(null);
        var trace = Begin(guest, clock);
        var outer = Text(guest, "span-begin", "outer");
        clock.Advance(TimeSpan.FromMilliseconds(3));
        var inner = Text(guest, "span-begin", "inner");
        Assert.True(outer > 0 && inner > 0 && outer != inner);
        Assert.Equal(0, Text(guest, "log", "in inner", 4));
        clock.Advance(TimeSpan.FromMilliseconds(4));
        Assert.Equal(0, guest.CallIn(Module, "span-end", inner));
        Assert.Equal(0, Text(guest, "log", "in outer", 0));
        guest.Write(600, "key");
        Assert.Equal(0, Text(guest, "span-text", "value", outer, 600, 3));
        Assert.Equal(0, guest.CallIn(Module, "span-number", outer, 600, 3, BitConverter.DoubleToInt64Bits(1.5)));
        Assert.Equal(0, Text(guest, "span-fail", "it broke", outer));
        clock.Advance(TimeSpan.FromMilliseconds(5));
        trace.Finish();

        Assert.Equal(["outer", "inner"], trace.Spans.Select(s => s.Name));
        Assert.Equal([null, 0], trace.Spans.Select(s => s.Parent));
        Assert.Equal([0, 3], trace.Spans.Select(s => s.Start.TotalMilliseconds));
        Assert.Equal([12, 4], trace.Spans.Select(s => s.Duration.TotalMilliseconds));
        Assert.Equal(["it broke", null], trace.Spans.Select(s => s.Failure));
        // A key that was given before has the new value.
        Assert.Equal([new("key", 1.5)], trace.Spans[0].Attributes);
        Assert.Equal(
            [new(TimeSpan.FromMilliseconds(3), TraceLevel.Error, "in inner", null, 1), new(TimeSpan.FromMilliseconds(7), TraceLevel.Trace, "in outer", null, 0)],
            trace.Logs);
    }

    [Fact]
    public void Wrong_calls_are_answered_and_record_nothing()
    {
        using var guest = new TestGuest(null);
        guest.Context.BeginInvocation();
        Assert.Equal(-1, Text(guest, "log", "x", 0));
        Assert.Equal(-1, Text(guest, "span-begin", "x"));
        Assert.Equal(-1, guest.CallIn(Module, "span-end", 1));
        var trace = Begin(guest, new ManualClock());
        Assert.Equal(-5, Text(guest, "log", "x", 6));
        Assert.Equal(-5, Text(guest, "log", "x", -1));
        Assert.Equal(-2, guest.CallIn(Module, "log", 0, 0xFFFFFFFF, 2));
        Assert.Equal(-2, guest.CallIn(Module, "log", 0, 0, 0xFFFFFFFF));
        Assert.Equal(-2, guest.CallIn(Module, "span-begin", 4 << 16, 1));
        foreach (var span in (long[])[0, 1, -1, int.MinValue])
        {
            Assert.Equal(-4, guest.CallIn(Module, "span-end", span));
            Assert.Equal(-4, Text(guest, "span-fail", "x", span));
        }
        guest.CallIn(Logging, "log", 9, 0, 0, 0, 1);
        guest.CallIn(Logging, "log", 0, 0xFFFFFFFF, 9, 0, 1);
        Assert.True(trace.IsEmpty);
        var ended = Text(guest, "span-begin", "x");
        guest.CallIn(Module, "span-end", ended);
        Assert.Equal(-4, guest.CallIn(Module, "span-end", ended));
    }

    [Fact]
    public void Text_is_cut_and_repaired()
    {
        using var guest = new TestGuest(null);
        var trace = Begin(guest, new ManualClock());
        Assert.True(Text(guest, "span-begin", new string('n', 500)) > 0);
        Assert.Equal(128, trace.Spans[0].Name.Length);
        guest.Write(512, [(byte)'a', 0xFF, (byte)'\n', (byte)'b']);
        Assert.Equal(0, guest.CallIn(Module, "log", 2, 512, 4));
        Assert.Equal("a\uFFFD\nb", trace.Logs[0].Message);
        Assert.Equal(0, Text(guest, "log", new string('m', 5000), 2));
        Assert.Equal(4096, trace.Logs[1].Message.Length);
        guest.Write(600, "about");
        guest.Write(700, "said");
        guest.CallIn(Logging, "log", 5, 600, 5, 700, 4);
        Assert.Equal(new(TimeSpan.Zero, TraceLevel.Critical, "said", "about", 0), trace.Logs[2]);
    }

    [Fact]
    public void A_flood_is_bounded_and_counted()
    {
        using var guest = new TestGuest(null);
        var trace = Begin(guest, new ManualClock());
        Assert.Equal(256, Enumerable.Range(0, 300).Count(_ => Text(guest, "span-begin", "s") > 0));
        Assert.Equal(-3, Text(guest, "span-begin", "s"));
        Assert.Equal(45, trace.DroppedSpans);
        guest.Write(600, "k");
        var keys = Enumerable.Range(0, 20).Count(i => Text(guest, "span-text", "v", 1, guest.Write(600, $"{(char)('a' + i)}") + 599, 1) == 0);
        Assert.Equal(16, keys);
        Assert.Equal(512, Enumerable.Range(0, 600).Count(_ => Text(guest, "log", "m", 1) == 0));
        Assert.Equal(88, trace.DroppedLogs);

        // All text together: 15 of 4,096 bytes leave room for no sixteenth beside a short one.
        trace = Begin(guest, new ManualClock());
        Assert.Equal(0, Text(guest, "log", "x", 1));
        Assert.Equal(15, Enumerable.Range(0, 20).Count(_ => Text(guest, "log", new string('m', 4096), 1) == 0));
        trace.Finish();
        Assert.Equal(-3, Text(guest, "log", "late", 1));
        Assert.Equal(16, trace.Logs.Count);
    }

    [Theory]
    [MemberData(nameof(Devices))]
    public void Calls_and_kernels_lie_in_the_guest_s_spans(string device)
    {
        using var guest = Guest(device);
        var trace = new InvocationTrace(TimeProvider.System, TimeProvider.System.GetTimestamp());
        guest.Context.BeginInvocation(trace: trace);
        var span = Text(guest, "span-begin", "compute");
        var kernel = guest.LoadCuda(Kernels.Add, "add");
        Assert.Equal(0, guest.LaunchCuda(kernel, 4, 256, Sums(guest, 1000)));
        guest.CallIn(Module, "span-end", span);
        Assert.True(guest.LaunchCuda(99, 1, 1, new Records()) < 0);
        trace.Finish();

        Assert.Equal(
            ["compute", "wasi_cuda.load_ptx", "wasi_cuda.launch", "wasi_cuda.dispatch", "wasi_cuda.launch"],
            trace.Spans.Select(s => s.Name));
        Assert.Equal([null, 0, 0, 2, null], trace.Spans.Select(s => s.Parent));
        var launch = trace.Spans[2].Attributes.ToDictionary();
        Assert.Equal(("add", "(4, 1, 1)", "(256, 1, 1)"), (launch["kernel"], launch["grid"], launch["block"]));
        var dispatch = trace.Spans[3];
        Assert.Equal(TraceSpanKind.Kernel, dispatch.Kind);
        Assert.Equal("add", dispatch.Attributes.ToDictionary()["kernel"]);
        Assert.True((long)dispatch.Attributes.ToDictionary()["gpu_time_ns"] > 0);
        Assert.True(dispatch.Start + dispatch.Duration <= trace.Spans[2].Start + trace.Spans[2].Duration);
        Assert.Contains("there is no kernel 99", trace.Spans[4].Failure);
    }
}
