namespace TensorWasm.Wasi;

/// <summary>Descriptor flags (typenames.witx, <c>$fdflags</c>).</summary>
[Flags]
internal enum FdFlags : ushort
{
    None = 0,
    Append = 1 << 0,
    Dsync = 1 << 1,
    Nonblock = 1 << 2,
    Rsync = 1 << 3,
    Sync = 1 << 4,
}
