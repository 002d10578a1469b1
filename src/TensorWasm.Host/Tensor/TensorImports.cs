using TensorWasm.Engine;

namespace TensorWasm.Host;

/// <summary>
/// <c>wasi:tensor/host</c>, TensorWasm's streaming interface: the guest's output while it runs, and its input. Guests
/// import it with and without a version.
/// </summary>
internal sealed class TensorImports(
    string module, Linker linker, Func<Store, HostContext> find, Func<string, string, bool> isWanted)
    : HostImports(module, linker, find, isWanted)
{
    internal static readonly string[] ModuleNames = ["wasi:tensor/host", "wasi:tensor/host@0.1.0"];

    /// <summary>Bytes of a chunk: 64 KiB.</summary>
    internal const int ChunkBytes = 64 << 10;

    /// <summary>Bytes of an invocation: 64 MiB.</summary>
    internal const long TotalBytes = 64 << 20;

    private const int Off = -1;
    private const int OutOfBounds = -2;
    private const int ClientGone = -3;

    internal override void Define()
    {
        Define("emit-chunk", (Caller caller, uint address, uint length) => Emit(caller, address, length));
        Define("flush", (Caller caller) => Flush(caller));
        Define("input-len", (Caller caller) => Stream(caller)?.Input.Length ?? 0);
        Define("read-input", (Caller caller, uint address, uint length) => ReadInput(caller, address, length));
    }

    protected override HostError Code(HostError error) => error;

    private IGuestStream? Stream(Caller caller)
    {
        var context = Context(caller);
        return (context.Configuration.Capabilities & HostCapabilities.Streaming) != 0 ? context.Stream : null;
    }

    private int Emit(Caller caller, uint address, uint length)
    {
        if (Stream(caller) is not { AcceptsOutput: true } stream)
        {
            return Off;
        }
        var context = Context(caller);
        if (length > ChunkBytes
            || length > TotalBytes - context.StreamedBytes
            || !caller.TryGetSpan(address, (int)length, out var chunk))
        {
            return OutOfBounds;
        }
        if (length == 0)
        {
            return 0;
        }
        if (!Guard(caller, stream, chunk))
        {
            return ClientGone;
        }
        context.StreamedBytes += length;
        return 0;
    }

    private int Flush(Caller caller)
    {
        if (Stream(caller) is not { AcceptsOutput: true } stream)
        {
            return Off;
        }
        var interrupted = caller.Store.Interrupted;
        try
        {
            stream.Flush(interrupted);
            return 0;
        }
        catch (OperationCanceledException) when (interrupted.IsCancellationRequested)
        {
            throw new TrapException(TrapCode.Interrupted);
        }
    }

    private int ReadInput(Caller caller, uint address, uint length)
    {
        if (Stream(caller) is not { } stream)
        {
            return Off;
        }
        var input = stream.Input.Span;
        var count = (int)Math.Min((uint)input.Length, length);
        if (!caller.TryGetSpan(address, count, out var destination))
        {
            return OutOfBounds;
        }
        input[..count].CopyTo(destination);
        return count;
    }

    private static bool Guard(Caller caller, IGuestStream stream, ReadOnlySpan<byte> chunk)
    {
        var interrupted = caller.Store.Interrupted;
        try
        {
            return stream.TryEmit(chunk, interrupted);
        }
        catch (OperationCanceledException) when (interrupted.IsCancellationRequested)
        {
            throw new TrapException(TrapCode.Interrupted);
        }
    }
}
