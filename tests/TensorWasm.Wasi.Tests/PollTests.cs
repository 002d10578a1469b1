// The guest under test blocks a thread of its own; the test thread watches it.
#pragma warning disable xUnit1031
using System.Diagnostics;
using System.IO.Pipes;
using TensorWasm.Wasi.Tests.Support;

namespace TensorWasm.Wasi.Tests;

/// <summary>poll_oneoff: clocks, descriptors, interruption.</summary>
public sealed class PollTests : IDisposable
{
    private const ulong Millisecond = 1_000_000;

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData(true, ClockId.Monotonic, false)]
    [InlineData(true, ClockId.Monotonic, true)]
    [InlineData(true, ClockId.Realtime, false)]
    [InlineData(true, ClockId.Realtime, true)]
    [InlineData(false, ClockId.Monotonic, true)]
    [InlineData(false, ClockId.Realtime, false)]
    public void A_clock_wakes_at_its_time_and_not_before(bool preview1, object clockId, bool absolute)
    {
        ClockId clock = (ClockId)clockId;
        using Guest guest = new(WasiConfiguration.Empty.WithClocks())
        {
            Snapshot = preview1 ? Snapshot.Preview1 : Snapshot.Unstable,
        };
        uint time = guest.Allocate(8);
        Stopwatch watch = Stopwatch.StartNew();
        Assert.Equal(Errno.Success, guest.Context.ClockTimeGet(guest.Memory, (uint)clock, time));
        ulong timeout = (absolute ? guest.ReadUInt64(time) : 0) + (30 * Millisecond);
        Errno error = guest.Poll(
            out List<PollEvent> events,
            new Subscription(7, EventType.Clock, clock, timeout, absolute ? (ushort)1 : (ushort)0, 0),
            new Subscription(8, EventType.Clock, ClockId.Monotonic, 60_000 * Millisecond, 0, 0));

        Assert.Equal(Errno.Success, error);
        Assert.Equal([new PollEvent(7, Errno.Success, EventType.Clock, 0, 0)], events);
        Assert.InRange(watch.ElapsedMilliseconds, 29, 30_000);
    }

    [Fact]
    public void A_time_that_is_over_is_reported_at_once()
    {
        using Guest guest = new(WasiConfiguration.Empty.WithClocks());
        Assert.Equal(Errno.Success, guest.Poll(
            out List<PollEvent> events,
            new Subscription(1, EventType.Clock, ClockId.Monotonic, 0, 1, 0),
            new Subscription(2, EventType.Clock, ClockId.Monotonic, 0, 0, 0),
            new Subscription(3, EventType.Clock, ClockId.Realtime, 1, 1, 0),
            new Subscription(4, EventType.Clock, ClockId.Realtime, ulong.MaxValue, 0, 0)));
        Assert.Equal([1UL, 2, 3], events.Select(item => item.UserData));
    }

    [Fact]
    public void Each_faulty_subscription_has_its_own_error()
    {
        using Guest guest = new(_folder.Grant().WithClocks());
        uint unreadable = guest.MustOpen("file", OpenFlags.Create, Rights.FdWrite | Rights.PollFdReadwrite);
        uint unpollable = guest.MustOpen("file", 0, Rights.FdRead);
        Assert.Equal(Errno.Success, guest.Poll(
            out List<PollEvent> events,
            new Subscription(1, EventType.Clock, (ClockId)9, 5, 0, 0),
            new Subscription(2, EventType.Clock, ClockId.Monotonic, 5, 8, 0),
            new Subscription(3, EventType.FdRead, 0, 0, 0, 99),
            new Subscription(4, EventType.FdRead, 0, 0, 0, unreadable),
            new Subscription(5, EventType.FdRead, 0, 0, 0, unpollable),
            new Subscription(6, EventType.FdWrite, 0, 0, 0, unreadable)));
        Assert.Equal(
            [
                (1UL, Errno.Inval), (2, Errno.Inval), (3, Errno.Badf), (4, Errno.NotCapable), (5, Errno.NotCapable),
                (6, Errno.Success),
            ],
            events.Select(item => (item.UserData, item.Error)));

        using Guest clockless = new(WasiConfiguration.Empty);
        Assert.Equal(Errno.Success, clockless.Poll(out events, new Subscription(1, EventType.Clock, 0, 5, 0, 0)));
        Assert.Equal(Errno.NotCapable, events[0].Error);
        Assert.Equal(Errno.NotCapable, clockless.Context.ClockTimeGet(clockless.Memory, 0, 64));
        Assert.Equal(Errno.NotCapable, clockless.Context.RandomGet(clockless.Memory, 64, 8, default));
        Assert.Equal(Errno.Inval, clockless.Context.ClockTimeGet(clockless.Memory, 4, 64));
    }

    [Fact]
    public void Counts_and_addresses_are_checked_first()
    {
        using Guest guest = new(
            WasiConfiguration.Empty.WithClocks().WithLimits(new WasiLimits { MaxPollSubscriptions = 10 }));
        WasiContext context = guest.Context;
        Assert.Equal(Errno.Inval, context.PollOneoff(guest.Memory, Snapshot.Preview1, 64, 4096, 0, 16, default));
        Assert.Equal(Errno.Inval, context.PollOneoff(guest.Memory, Snapshot.Preview1, 64, 4096, 11, 16, default));
        Assert.Equal(
            Errno.Inval, context.PollOneoff(guest.Memory, Snapshot.Preview1, 64, 4096, uint.MaxValue, 16, default));
        uint end = (uint)guest.Bytes.Length;
        Assert.Equal(Errno.Fault, context.PollOneoff(guest.Memory, Snapshot.Preview1, end - 47, 4096, 1, 16, default));
        Assert.Equal(Errno.Fault, context.PollOneoff(guest.Memory, Snapshot.Preview1, 64, end - 31, 1, 16, default));
        Assert.Equal(Errno.Fault, context.PollOneoff(guest.Memory, Snapshot.Preview1, 64, 4096, 1, end - 3, default));
        guest.Bytes[64 + 8] = 3;
        Assert.Equal(Errno.Inval, context.PollOneoff(guest.Memory, Snapshot.Preview1, 64, 4096, 1, 16, default));
    }

    [Fact]
    public void An_interruption_ends_a_sleep_at_once()
    {
        using CancellationTokenSource interrupt = new();
        using Guest guest = new(WasiConfiguration.Empty.WithClocks()) { Interrupted = interrupt.Token };
        Stopwatch watch = Stopwatch.StartNew();
        interrupt.CancelAfter(50);
        Subscription hour = new(1, EventType.Clock, ClockId.Monotonic, 3_600_000 * Millisecond, 0, 0);
        Errno error = guest.Poll(out _, hour);
        Assert.Equal(Errno.Intr, error);
        Assert.InRange(watch.ElapsedMilliseconds, 40, 30_000);
        watch.Restart();
        Assert.Equal(
            Errno.Intr, guest.Poll(out _, hour));
        Assert.InRange(watch.ElapsedMilliseconds, 0, 30_000);
    }

    [Fact]
    public void A_clock_of_the_host_decides_when_it_is_injected()
    {
        ManualTimeProvider time = new();
        using Guest guest = new(WasiConfiguration.Empty.WithClocks(time));
        uint result = guest.Allocate(8);
        Assert.Equal(Errno.Success, guest.Context.ClockTimeGet(guest.Memory, 0, result));
        Assert.Equal(
            (ulong)ManualTimeProvider.Start.ToUnixTimeSeconds() * 1000 * Millisecond, guest.ReadUInt64(result));
        Assert.Equal(Errno.Success, guest.Context.ClockTimeGet(guest.Memory, 1, result));
        Assert.Equal(0UL, guest.ReadUInt64(result));
        Assert.Equal(Errno.Success, guest.Context.ClockResolutionGet(guest.Memory, 1, result));
        Assert.Equal(333UL, guest.ReadUInt64(result));

        Task<Errno> sleep = Task.Run(() => guest.Poll(
            out _, new Subscription(1, EventType.Clock, ClockId.Monotonic, 3_600_000 * Millisecond, 0, 0)));
        SpinWait.SpinUntil(() => time.Waiting == 1);
        time.Advance(TimeSpan.FromMinutes(59));
        Assert.False(sleep.Wait(30));
        time.Advance(TimeSpan.FromMinutes(1));
        Assert.True(sleep.Wait(10_000));
        Assert.Equal(Errno.Success, sleep.Result);
        Assert.Equal(0, time.Waiting);
        Assert.Equal(Errno.Success, guest.Context.ClockTimeGet(guest.Memory, 1, result));
        Assert.Equal(3_600_000 * Millisecond, guest.ReadUInt64(result));
    }

    [Fact]
    public void Regular_files_are_always_ready_and_tell_what_is_left()
    {
        File.WriteAllText(_folder["file"], "0123456789");
        using Guest guest = new(_folder.Grant().WithClocks());
        uint fd = guest.MustOpen(
            "file", 0, Rights.FdRead | Rights.FdWrite | Rights.FdSeek | Rights.PollFdReadwrite);
        Assert.Equal(Errno.Success, guest.Seek(fd, 4, 0, out _));
        Assert.Equal(Errno.Success, guest.Poll(
            out List<PollEvent> events,
            new Subscription(1, EventType.FdRead, 0, 0, 0, fd),
            new Subscription(2, EventType.FdWrite, 0, 0, 0, fd),
            new Subscription(3, EventType.Clock, ClockId.Monotonic, 60_000 * Millisecond, 0, 0)));
        Assert.Equal([(1UL, 6UL), (2, 1)], events.Select(item => (item.UserData, item.Bytes)));
    }

    [Fact]
    public void A_stream_is_ready_when_it_has_something_and_at_its_end()
    {
        using AnonymousPipeServerStream writer = new(PipeDirection.Out);
        using AnonymousPipeClientStream reader = new(PipeDirection.In, writer.ClientSafePipeHandle);
        using Guest guest = new(WasiConfiguration.Empty.WithClocks().WithStandardInput(reader));
        Subscription input = new(1, EventType.FdRead, 0, 0, 0, 0);
        Subscription soon = new(2, EventType.Clock, ClockId.Monotonic, 20 * Millisecond, 0, 0);
        Assert.Equal(Errno.Success, guest.Poll(out List<PollEvent> events, input, soon));
        Assert.Equal([2UL], events.Select(item => item.UserData));

        Task<Errno> poll = Task.Run(() => guest.Poll(out events, input));
        Assert.False(poll.Wait(30));
        writer.Write("hello"u8);
        Assert.True(poll.Wait(10_000));
        Assert.Equal([new PollEvent(1, Errno.Success, EventType.FdRead, 5, 0)], events);
        Assert.Equal(Errno.Success, guest.Read(0, 100, out string text));
        Assert.Equal("hello", text);

        writer.Dispose();
        Assert.Equal(Errno.Success, guest.Poll(out events, input));
        Assert.Equal([new PollEvent(1, Errno.Success, EventType.FdRead, 0, PollEvent.Hangup)], events);
        Assert.Equal(Errno.Success, guest.Read(0, 100, out text));
        Assert.Equal("", text);
    }
}
