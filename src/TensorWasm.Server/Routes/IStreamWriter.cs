using TensorWasm.Runtime;

namespace TensorWasm.Server;

/// <summary>One form of a streamed answer.</summary>
internal interface IStreamWriter
{
    /// <summary>Sends the headers.</summary>
    public ValueTask BeginAsync(Guid function);

    /// <summary>Waits for the guest's next chunk, and keeps the connection alive meanwhile; null after the last one.</summary>
    public ValueTask<ReadOnlyMemory<byte>?> NextAsync(Task<ReadOnlyMemory<byte>?> chunk);

    /// <summary>Sends a chunk at once.</summary>
    /// <returns>False if the stream can't hold it; then the guest is of no more use.</returns>
    public ValueTask<bool> WriteAsync(ReadOnlyMemory<byte> chunk);

    /// <summary>Tells how the guest ended.</summary>
    public ValueTask EndAsync(InvocationResult result);
}
