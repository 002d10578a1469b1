using TensorWasm.Engine;
using TensorWasm.Gpu;

namespace TensorWasm.Host;

/// <summary>Launches. Nothing here allocates, unless the stream records.</summary>
public sealed partial class GpuGuest
{
    private readonly byte[] _records = new byte[GuestLimits.ArgumentBytes];
    private byte[] _parameters = new byte[GuestLimits.ArgumentBytes];

    /// <summary>Puts a kernel into a stream.</summary>
    /// <param name="caller">The guest.</param>
    /// <param name="slot">The stream.</param>
    /// <param name="kernel">The kernel.</param>
    /// <param name="shape">Grid, block and dynamic shared memory.</param>
    /// <param name="records">The arguments, which lie in the guest's memory.</param>
    /// <param name="allowsBuffers">Whether they may have the tags that only <c>tensorwasm:gpu</c> has.</param>
    internal void Launch(
        Caller caller,
        StreamSlot slot,
        LoadedKernel kernel,
        in LaunchShape shape,
        ReadOnlySpan<byte> records,
        bool allowsBuffers)
    {
        var signature = kernel.Kernel.Signature;
        if (_context.CallSpan is { } span)
        {
            _context.Trace!.Set(span, "kernel", kernel.Kernel.Name);
            _context.Trace.Set(span, "grid", shape.Grid.ToString());
            _context.Trace.Set(span, "block", shape.Block.ToString());
            _context.Trace.Set(span, "shared_mem", (long)shape.DynamicSharedBytes);
        }
        if (slot.Stream.IsRecording)
        {
            RequireRoomToRecord(signature.Size);
        }
        if (_parameters.Length < signature.Size)
        {
            _parameters = new byte[signature.Size];
        }

        // A kernel that runs may write to the guest's memory; what is checked must be what is used.
        records.CopyTo(_records);
        var parameters = new ParameterWriter(kernel.Kernel.Name, signature, _parameters);
        new ArgumentReader(caller, RequireRegion().Layout.LinearBase, allowsBuffers ? _buffers : null)
            .Read(_records.AsSpan(0, records.Length), ref parameters);

        slot.Stream.Launch(
            kernel, shape, _parameters.AsSpan(0, signature.Size), TimeLimit(slot), caller.Store.Interrupted);
        if (slot.Stream.IsRecording)
        {
            Recorded(slot, signature.Size);
        }
    }

    /// <summary>The window with a launch's arguments.</summary>
    internal static ReadOnlySpan<byte> ArgumentWindow(Caller caller, uint address, uint length)
    {
        var window = GuestWindow.Get(caller, address, length);
        return length <= GuestLimits.ArgumentBytes
            ? window
            : throw new HostCallException(
                HostError.ArgumentsUnsupported, $"a launch takes at most {GuestLimits.ArgumentBytes} bytes of arguments");
    }

    /// <summary>The least of what the stream, the operator and the invocation allow; null for the device's limit.</summary>
    private TimeSpan? TimeLimit(StreamSlot slot)
    {
        var limit = Least(slot.TimeLimit, _configuration.LaunchTimeLimit);
        if (_context.Remaining is not { } remaining)
        {
            return limit;
        }
        return remaining > TimeSpan.Zero
            ? Least(limit, remaining)
            : throw new HostCallException(HostError.DeadlineExceeded, "the invocation's time is over");
    }

    private static TimeSpan? Least(TimeSpan? first, TimeSpan? second) =>
        first is { } a && (second is not { } b || a < b) ? first : second;
}
