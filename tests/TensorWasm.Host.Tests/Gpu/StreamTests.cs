using System.Diagnostics;
using TensorWasm.Gpu;

namespace TensorWasm.Host.Tests;

/// <summary>Asynchronous launches, streams and events, by <c>tensorwasm:gpu</c>.</summary>
public sealed class StreamTests : DeviceTest
{
    private const int Count = 1000;

    [Theory]
    [MemberData(nameof(Devices))]
    public void A_launch_returns_before_its_kernel_has_ended(string device)
    {
        using var guest = Guest(device);
        var (_, forever) = guest.Load(Kernels.Forever);
        var stream = guest.Call("stream-create");
        var done = guest.Call("event-create");
        guest.Fill(A, 1, static _ => 0);
        Assert.Equal(1, guest.Call("stream-is-idle", stream));
        Assert.Equal(0, guest.Launch(stream, forever, 1, 1, new Records().Pointer(A, 4)));
        Assert.Equal(0, guest.Call("event-record", done, stream));
        Thread.Sleep(20);
        Assert.Equal(0, guest.Call("stream-is-idle", stream));
        Assert.Equal(0, guest.Call("event-is-complete", done));
        // The kernel sees the guest's write, as they share the memory.
        guest.Fill(A, 1, static _ => 1);
        Assert.Equal(0, guest.Call("event-wait", done));
        Assert.Equal(1, guest.Call("event-is-complete", done));
        Assert.Equal(0, guest.Call("stream-wait", stream));
        Assert.Equal(1, guest.Call("stream-is-idle", stream));
    }

    [Theory]
    [MemberData(nameof(Devices))]
    public void A_stream_waits_for_an_event_of_another_one(string device)
    {
        using var guest = Guest(device);
        var (_, forever) = guest.Load(Kernels.Forever);
        var (_, add) = guest.Load(Kernels.Add);
        var (first, second) = (guest.Call("stream-create"), guest.Call("stream-create"));
        var between = guest.Call("event-create");
        var arguments = Sums(guest, Count);
        const uint Flag = 0x20000;
        guest.Fill(Flag, 1, static _ => 0);
        Assert.Equal(0, guest.Launch(first, forever, 1, 1, new Records().Pointer(Flag, 4)));
        Assert.Equal(0, guest.Call("event-record", between, first));
        Assert.Equal(0, guest.Call("stream-wait-event", second, between));
        Assert.Equal(0, guest.Launch(second, add, 4, 256, arguments));
        Thread.Sleep(20);
        Assert.Equal(0xDEADu, guest.ReadUInt32(C));
        guest.Fill(Flag, 1, static _ => 1);
        Assert.Equal(0, guest.Call("stream-wait", second));
        AssertSums(guest, Count);
    }

    [Theory]
    [MemberData(nameof(Devices))]
    public void Events_measure_time_on_the_device(string device)
    {
        using var guest = Guest(device);
        var (_, forever) = guest.Load(Kernels.Forever);
        var (start, end, never) = (guest.Call("event-create"), guest.Call("event-create"), guest.Call("event-create"));
        guest.Fill(A, 1, static _ => 0);
        var begun = Stopwatch.GetTimestamp();
        Assert.Equal(0, guest.Call("event-record", start, 0));
        Assert.Equal(0, guest.Launch(0, forever, 1, 1, new Records().Pointer(A, 4)));
        Assert.Equal(0, guest.Call("event-record", end, 0));
        Assert.Equal(-11, guest.Call("event-elapsed", start, end));
        Thread.Sleep(50);
        guest.Fill(A, 1, static _ => 1);
        Assert.Equal(0, guest.Call("stream-wait", 0));
        Assert.InRange(
            guest.Call("event-elapsed", start, end), 40_000_000, (long)Stopwatch.GetElapsedTime(begun).TotalNanoseconds);
        Assert.Equal(-9, guest.Call("event-elapsed", end, start));
        Assert.Equal(-11, guest.Call("event-elapsed", start, never));
        Assert.Equal(1, guest.Call("event-is-complete", never));
        Assert.Equal(0, guest.Call("event-wait", never));
        Assert.Equal(0, guest.Call("event-destroy", never));
        Assert.Equal(-11, guest.Call("event-destroy", never));
        Assert.Equal(-11, guest.Call("event-record", never, 0));
    }

    [Theory]
    [MemberData(nameof(Devices))]
    public void A_failure_is_told_once_by_the_stream_that_it_happened_in(string device)
    {
        using var guest = Guest(device);
        var (_, trap) = guest.Load(Kernels.Trap);
        var (_, add) = guest.Load(Kernels.Add);
        var (bad, good) = (guest.Call("stream-create"), guest.Call("stream-create"));
        var arguments = Sums(guest, Count);
        Assert.Equal(0, guest.Launch(bad, trap, 1, 1, Records.None));
        Assert.Equal(0, guest.Launch(good, add, 4, 256, arguments));
        Assert.Equal(0, guest.Call("stream-wait", good));
        Assert.Equal(-15, guest.Call("stream-wait", bad));
        Assert.Contains("executed trap", guest.LastError, StringComparison.Ordinal);
        Assert.Equal(0, guest.Call("stream-wait", bad));
        AssertSums(guest, Count);

        // wasi:cuda waits for all streams.
        Assert.Equal(0, guest.Launch(bad, trap, 1, 1, Records.None));
        Assert.Equal(-5, guest.Call("wasi_cuda_sync"));
        Assert.Equal(0, guest.Call("wasi_cuda_sync"));
    }

    [Theory]
    [MemberData(nameof(Devices))]
    public void A_stream_may_have_a_shorter_limit_than_the_operators_but_no_longer_one(string device)
    {
        using var guest = Guest(device, static c => c with { LaunchTimeLimit = TimeSpan.FromMilliseconds(200) });
        var (_, forever) = guest.Load(Kernels.Forever);
        guest.Fill(A, 1, static _ => 0);
        foreach (var limit in (long[])[20, 0, 0xFFFFFFFF])
        {
            Assert.Equal(0, guest.Call("stream-limit", 0, limit));
            Assert.Equal(0, guest.Launch(0, forever, 1, 1, new Records().Pointer(A, 4)));
            Assert.Equal(-13, guest.Call("stream-wait", 0));
        }
    }

    [Theory]
    [MemberData(nameof(Devices))]
    public void Launches_are_refused_by_what_they_name(string device)
    {
        using var guest = Guest(device);
        var (_, add) = guest.Load(Kernels.Add);
        var arguments = Sums(guest, 1);
        Assert.Equal(-11, guest.Launch(99, add, 1, 1, arguments));
        Assert.Equal(-11, guest.Launch(0, 99, 1, 1, arguments));
        Assert.Equal(-8, guest.Launch(0, add, 0, 1, arguments));
        Assert.Equal(-8, guest.Launch(0, add, 1, 1025, arguments));
        Assert.Equal(-8, guest.Call("launch", 0, add, 1, 1, 1, 1, 1, 1, 0xFFFFFFFF, 2048, guest.Write(2048, arguments.Bytes)));
        Assert.Equal(-9, guest.Launch(0, add, 1, 1, Records.None));
        Assert.Equal(-10, guest.Call("launch", 0, add, 1, 1, 1, 1, 1, 1, 0, 0, 4097));
        Assert.Equal(-2, guest.Call("launch", 0, add, 1, 1, 1, 1, 1, 1, 0, 4 * 65536, 1));
        Assert.Equal(0, guest.Call("stream-wait", 0));
        Assert.Equal(0xDEADu, guest.ReadUInt32(C));
    }

    [Theory]
    [MemberData(nameof(Devices))]
    public void Streams_and_events_are_limited(string device)
    {
        using var guest = Guest(device);
        var streams = Enumerable.Range(0, 63).Select(_ => guest.Call("stream-create")).ToList();
        Assert.All(streams, stream => Assert.True(stream > 0));
        Assert.Equal(-6, guest.Call("stream-create"));
        Assert.Equal(0, guest.Call("stream-wait", 0));
        Assert.Equal(0, guest.Call("stream-destroy", streams[5]));
        Assert.Equal(-11, guest.Call("stream-destroy", streams[5]));
        Assert.Equal(-11, guest.Call("stream-wait", streams[5]));
        Assert.True(guest.Call("stream-create") > 0);
        Assert.Equal(-11, guest.Call("stream-destroy", 0));
        Assert.All(Enumerable.Range(0, 1024), _ => Assert.True(guest.Call("event-create") > 0));
        Assert.Equal(-6, guest.Call("event-create"));
    }

    [Theory]
    [MemberData(nameof(Devices))]
    public void A_reset_frees_everything_and_leaves_the_memory(string device)
    {
        using var guest = Guest(device);
        var (module, add) = guest.Load(Kernels.Add);
        var arguments = Sums(guest, Count);
        var (stream, marker) = (guest.Call("stream-create"), guest.Call("event-create"));
        Assert.Equal(0, guest.Launch(stream, add, 4, 256, arguments));
        guest.Context.Gpu.Reset();
        AssertSums(guest, Count);
        Assert.Equal("", guest.LastError);
        Assert.Equal(-11, guest.Call("module-unload", module));
        Assert.Equal(-11, guest.Call("stream-wait", stream));
        Assert.Equal(-11, guest.Call("event-wait", marker));
        Assert.Equal(0, guest.LaunchCuda(guest.LoadCuda(Kernels.Add, "add"), 4, 256, Sums(guest, Count)));
        AssertSums(guest, Count);
    }

    [Theory]
    [MemberData(nameof(Devices))]
    public void What_still_runs_ends_with_its_sandbox(string device)
    {
        var tenant = new GpuTenant("t");
        using (var guest = Guest(device, c => c with { Tenant = tenant, LaunchTimeLimit = TimeSpan.FromMilliseconds(100) }))
        {
            var (_, forever) = guest.Load(Kernels.Forever);
            guest.Fill(A, 1, static _ => 0);
            Assert.Equal(0, guest.Launch(0, forever, 1, 1, new Records().Pointer(A, 4)));
        }
        Assert.Equal((1, 1, 0), (tenant.Usage.Launches, tenant.Usage.Stops, tenant.Usage.MemoryBytes));
    }
}
