namespace TensorWasm.Host.Tests;

internal sealed class MemoryGuestStream : IGuestStream
{
    public ReadOnlyMemory<byte> Input { get; init; }

    internal List<byte[]> Chunks { get; } = [];

    internal int Flushes { get; private set; }

    internal bool Keeps { get; init; } = true;

    internal bool IsGone { get; init; }

    internal bool IsSlow { get; init; }

    public bool TryEmit(ReadOnlySpan<byte> chunk, CancellationToken cancellation)
    {
        if (IsSlow)
        {
            cancellation.WaitHandle.WaitOne(TimeSpan.FromSeconds(30));
            cancellation.ThrowIfCancellationRequested();
        }
        if (Keeps && !IsGone)
        {
            Chunks.Add(chunk.ToArray());
        }
        return !IsGone;
    }

    public void Flush(CancellationToken cancellation) => Flushes++;
}
