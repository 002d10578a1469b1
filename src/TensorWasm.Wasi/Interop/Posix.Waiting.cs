using System.Runtime.InteropServices;

namespace TensorWasm.Wasi;

/// <content>Waiting and time.</content>
internal static unsafe partial class Posix
{
    /// <summary>CLOCK_REALTIME and the others of clock_gettime(2).</summary>
    public const int ClockRealtime = 0;

    /// <inheritdoc cref="ClockRealtime"/>
    public const int ClockMonotonic = 1;

    /// <inheritdoc cref="ClockRealtime"/>
    public const int ClockThreadCpuTime = 3;

    /// <summary>An event counter, empty and non-blocking (eventfd(2)); negative where none can be had.</summary>
    public static int CreateEvent() => Libc.eventfd(0, LinuxConstants.NonBlock | LinuxConstants.CloseOnExec);

    /// <summary>Makes an event readable.</summary>
    public static void SignalEvent(int descriptor)
    {
        ulong one = 1;
        _ = Libc.write(descriptor, &one, sizeof(ulong));
    }

    /// <summary>Makes an event unreadable again.</summary>
    public static void ClearEvent(int descriptor)
    {
        ulong count;
        _ = Libc.read(descriptor, &count, sizeof(ulong));
    }

    /// <summary>
    /// ppoll(2). Waits for at most <paramref name="timeout"/> nanoseconds; null waits for ever. An interruption
    /// by a signal is success with nothing ready: the caller knows how much time is left, this method doesn't.
    /// </summary>
    public static Errno Poll(Span<PollDescriptor> descriptors, ulong? timeout, out int ready)
    {
        TimeSpec limit = TimeSpec.FromNanoseconds(timeout.GetValueOrDefault());
        fixed (PollDescriptor* pointer = descriptors)
            ready = Libc.ppoll(pointer, (nuint)descriptors.Length, timeout is null ? null : &limit, null);
        if (ready >= 0)
            return Errno.Success;
        ready = 0;
        if (!Interrupted)
            return HostErrno.Last;
        foreach (ref PollDescriptor descriptor in descriptors)
            descriptor.Returned = 0;
        return Errno.Success;
    }

    /// <summary>clock_gettime(2) in nanoseconds.</summary>
    public static ulong GetTime(int clock)
    {
        TimeSpec time;
        return Libc.clock_gettime(clock, &time) == 0
            ? time.TotalNanoseconds
            : throw new InvalidOperationException(
                $"The host has no clock {clock}: error {Marshal.GetLastPInvokeError()}.");
    }

    /// <summary>clock_getres(2) in nanoseconds.</summary>
    public static ulong GetResolution(int clock)
    {
        TimeSpec time;
        return Libc.clock_getres(clock, &time) == 0 ? Math.Max(time.TotalNanoseconds, 1) : 1;
    }
}
