namespace TensorWasm.Wasm;

/// <summary>A memory's type (section 2.3.13).</summary>
/// <param name="Limits">Size range, in pages of 64 KiB.</param>
/// <param name="IsShared">Whether several threads may use it (threads proposal).</param>
public readonly record struct MemoryType(Limits Limits, bool IsShared = false)
{
    /// <summary>The size of a page in bytes.</summary>
    public const int PageSize = 65536;
}
