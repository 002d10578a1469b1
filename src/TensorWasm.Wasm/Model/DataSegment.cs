namespace TensorWasm.Wasm;

/// <summary>A data segment (section 2.5.8).</summary>
/// <param name="Mode">When it is copied; never declarative.</param>
/// <param name="Memory">The memory of an active segment.</param>
/// <param name="MemoryOffset">Where in that memory.</param>
/// <param name="Bytes">The content.</param>
public sealed record DataSegment(
    SegmentMode Mode, int Memory, ConstantExpression MemoryOffset, ReadOnlyMemory<byte> Bytes);
