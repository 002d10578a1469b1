using TensorWasm.Host;

namespace TensorWasm.Runtime;

/// <summary>An invocation's input and output as <c>wasi:tensor</c> sees them.</summary>
internal sealed class InvocationStream(InvocationRequest invocation, long limit) : IGuestStream
{
    public ReadOnlyMemory<byte> Input => invocation.Input;

    public bool AcceptsOutput => invocation.Output is not null;

    public bool TryEmit(ReadOnlySpan<byte> chunk, CancellationToken cancellation) =>
        chunk.Length <= limit - invocation.Output!.TotalBytes && invocation.Output.TryEmit(chunk, cancellation);

    public void Flush(CancellationToken cancellation)
    {
        // Every chunk is handed over at once.
    }
}
