namespace TensorWasm.Wasi;

/// <summary>How a path is resolved (typenames.witx, <c>$lookupflags</c>).</summary>
[Flags]
internal enum LookupFlags : uint
{
    None = 0,
    SymlinkFollow = 1 << 0,
}
