namespace TensorWasm.Host;

/// <summary>
/// Where a guest's output goes while it runs, and where its input comes from (<c>wasi:tensor</c>). One for each
/// invocation; called by the thread that runs the guest.
/// </summary>
public interface IGuestStream
{
    /// <summary>The invocation's input. It must not change.</summary>
    public ReadOnlyMemory<byte> Input { get; }

    /// <summary>Whether anybody listens to this invocation; where nobody does, output answers that it is off.</summary>
    public bool AcceptsOutput => true;

    /// <summary>Sends a chunk.</summary>
    /// <param name="chunk">
    /// 1 to 65,536 bytes, in the guest's memory: copy what must outlive the call. They are the guest's and may be anything.
    /// </param>
    /// <param name="cancellation">The guest is to stop; ends a wait for a slow client.</param>
    /// <returns>false when nobody reads any more.</returns>
    public bool TryEmit(ReadOnlySpan<byte> chunk, CancellationToken cancellation);

    /// <summary>Sends what was held back, if anything is.</summary>
    /// <param name="cancellation">The guest is to stop.</param>
    public void Flush(CancellationToken cancellation);
}
