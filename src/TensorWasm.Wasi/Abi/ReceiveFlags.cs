namespace TensorWasm.Wasi;

/// <summary>Flags of sock_recv (typenames.witx, <c>$riflags</c>).</summary>
[Flags]
internal enum ReceiveFlags : ushort
{
    None = 0,
    Peek = 1 << 0,
    WaitAll = 1 << 1,
}
