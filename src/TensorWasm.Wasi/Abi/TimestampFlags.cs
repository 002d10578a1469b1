namespace TensorWasm.Wasi;

/// <summary>Which timestamps to set (typenames.witx, <c>$fstflags</c>).</summary>
[Flags]
internal enum TimestampFlags : ushort
{
    None = 0,
    Access = 1 << 0,
    AccessNow = 1 << 1,
    Modification = 1 << 2,
    ModificationNow = 1 << 3,
}
