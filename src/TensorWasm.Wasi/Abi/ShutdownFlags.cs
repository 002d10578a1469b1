namespace TensorWasm.Wasi;

/// <summary>Which ways sock_shutdown closes (typenames.witx, <c>$sdflags</c>).</summary>
[Flags]
internal enum ShutdownFlags : byte
{
    None = 0,
    Receive = 1 << 0,
    Send = 1 << 1,
}
