namespace TensorWasm.Wasi;

/// <summary>The two revisions of the interface, which lay some structures out differently.</summary>
internal enum Snapshot : byte
{
    /// <summary>Module <c>wasi_unstable</c>, snapshot 0.</summary>
    Unstable,

    /// <summary>Module <c>wasi_snapshot_preview1</c>.</summary>
    Preview1,
}
