using TensorWasm.Wasm;

namespace TensorWasm.Engine;

/// <summary>
/// The initial content of a module's memories, where it is known without running anything: then instances map it
/// copy-on-write, and need not copy their data segments.
/// </summary>
internal sealed class MemoryImages
{
    private readonly MemoryImage?[] _images;
    private readonly bool[] _isBaked;

    internal MemoryImages(WasmModule module)
    {
        _images = new MemoryImage?[module.Memories.Count];
        _isBaked = new bool[module.Memories.Count];
        var segments = new List<(ulong Offset, ReadOnlyMemory<byte> Bytes)>[module.Memories.Count];
        var bakeable = new bool[module.Memories.Count];
        for (var i = module.ImportedMemories; i < bakeable.Length; i++)
        {
            bakeable[i] = true;
            segments[i] = [];
        }
        foreach (var segment in module.Data)
        {
            if (segment.Mode != SegmentMode.Active || !bakeable[segment.Memory]) continue;
            var length = module.Memories[segment.Memory].Limits.Minimum * MemoryType.PageSize;
            var offset = ConstantOf(segment.MemoryOffset);
            if (offset is { } start && start <= length && (ulong)segment.Bytes.Length <= length - start)
            {
                segments[segment.Memory].Add((start, segment.Bytes));
            }
            else
            {
                bakeable[segment.Memory] = false;
            }
        }
        for (var i = module.ImportedMemories; i < bakeable.Length; i++)
        {
            if (!bakeable[i]) continue;
            _isBaked[i] = true;
            if (segments[i].Count > 0) _images[i] = MemoryImage.Create(segments[i]);
        }
    }

    /// <summary>The image of a memory; null when it starts as zeros or is not known beforehand.</summary>
    internal MemoryImage? this[int memory] => _images[memory];

    /// <summary>Whether a memory's active data segments are in its image, so that they need not be copied.</summary>
    internal bool IsBaked(int memory) => _isBaked[memory];

    private static ulong? ConstantOf(ConstantExpression expression)
    {
        var reader = new CodeReader(expression.Code.Span, expression.Offset);
        ulong value;
        switch (reader.ReadOpcode())
        {
            case Opcode.I32Const:
                value = (uint)reader.ReadS32();
                break;
            case Opcode.I64Const:
                value = (ulong)reader.ReadS64();
                break;
            default:
                return null;
        }
        return reader.ReadOpcode() == Opcode.End ? value : null;
    }
}
