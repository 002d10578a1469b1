using System.Diagnostics.CodeAnalysis;

namespace TensorWasm.Wasi;

/// <content>Arguments, environment, clocks, random numbers and the process.</content>
public sealed partial class WasiContext
{
    private const int RandomChunk = 64 * 1024;

    internal Errno ArgumentsGet(GuestMemory memory, uint pointers, uint buffer) =>
        WriteStrings(memory, _arguments, pointers, buffer);

    internal Errno ArgumentsSizesGet(GuestMemory memory, uint count, uint size) =>
        WriteSizes(memory, _arguments, count, size);

    internal Errno EnvironmentGet(GuestMemory memory, uint pointers, uint buffer) =>
        WriteStrings(memory, _environment, pointers, buffer);

    internal Errno EnvironmentSizesGet(GuestMemory memory, uint count, uint size) =>
        WriteSizes(memory, _environment, count, size);

    internal Errno ClockResolutionGet(GuestMemory memory, uint clock, uint result)
    {
        if (clock > (uint)ClockId.ThreadCpuTime)
            return Errno.Inval;
        if (_clock is null)
            return Errno.NotCapable;
        return memory.TryWriteUInt64(result, _clock.GetResolution((ClockId)clock)) ? Errno.Success : Errno.Fault;
    }

    internal Errno ClockTimeGet(GuestMemory memory, uint clock, uint result)
    {
        if (clock > (uint)ClockId.ThreadCpuTime)
            return Errno.Inval;
        if (_clock is null)
            return Errno.NotCapable;
        return memory.TryWriteUInt64(result, _clock.GetTime((ClockId)clock)) ? Errno.Success : Errno.Fault;
    }

    internal Errno RandomGet(GuestMemory memory, uint buffer, uint length, CancellationToken interrupted)
    {
        if (_configuration.Random is not { } random)
            return Errno.NotCapable;
        if (!memory.Contains(buffer, length))
            return Errno.Fault;
        if (length > (uint)_configuration.Limits.MaxRandomBytes ||
            !memory.TryGetSpan(buffer, length, out Span<byte> rest))
        {
            return Errno.Inval;
        }

        while (!rest.IsEmpty)
        {
            if (interrupted.IsCancellationRequested)
                return Errno.Intr;
            int chunk = Math.Min(rest.Length, RandomChunk);
            random(rest[..chunk]);
            rest = rest[chunk..];
        }

        return Errno.Success;
    }

    [DoesNotReturn]
    internal static void ProcessExit(int code) => throw new WasiExitException(code);

    /// <summary>Each signal does what it does to a process that has not asked for anything else.</summary>
    internal static Errno ProcessRaise(uint signal) => (WasiSignal)Math.Min(signal, byte.MaxValue) switch
    {
        WasiSignal.None or WasiSignal.Chld or WasiSignal.Cont or WasiSignal.Urg or WasiSignal.Winch => Errno.Success,
        WasiSignal.Stop or WasiSignal.Tstp or WasiSignal.Ttin or WasiSignal.Ttou => Errno.NotSup,
        <= WasiSignal.Sys => throw new WasiExitException((WasiSignal)signal),
        _ => Errno.Inval,
    };

    internal static Errno SchedulerYield()
    {
        Thread.Yield();
        return Errno.Success;
    }

    private static Errno WriteSizes(GuestMemory memory, byte[][] strings, uint count, uint size) =>
        memory.TryWriteUInt32(count, (uint)strings.Length) &&
        memory.TryWriteUInt32(size, (uint)strings.Sum(static text => text.Length))
            ? Errno.Success
            : Errno.Fault;

    private static Errno WriteStrings(GuestMemory memory, byte[][] strings, uint pointers, uint buffer)
    {
        ulong pointer = pointers;
        ulong target = buffer;
        foreach (byte[] text in strings)
        {
            if (pointer > uint.MaxValue || target > uint.MaxValue ||
                !memory.TryWriteUInt32((uint)pointer, (uint)target) ||
                !memory.TryGetSpan((uint)target, (uint)text.Length, out Span<byte> span))
            {
                return Errno.Fault;
            }

            text.CopyTo(span);
            pointer += sizeof(uint);
            target += (uint)text.Length;
        }

        return Errno.Success;
    }
}
