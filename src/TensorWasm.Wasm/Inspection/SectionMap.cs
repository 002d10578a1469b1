namespace TensorWasm.Wasm;

/// <summary>Finds where the sections of a binary module lie.</summary>
public static class SectionMap
{
    private const int HeaderSize = 8;

    private static readonly string[] Names =
    [
        "custom", "type", "import", "function", "table", "memory", "global", "export", "start", "element", "code", "data",
        "data count", "tag",
    ];

    /// <summary>The sections of a module that <see cref="WasmDecoder"/> accepts, in the order of the bytes.</summary>
    /// <exception cref="WasmFormatException">The sections are malformed.</exception>
    public static IReadOnlyList<SectionSize> Read(ReadOnlySpan<byte> module)
    {
        var sections = new List<SectionSize>();
        var reader = new CodeReader(module);
        reader.ReadBytes(HeaderSize);
        while (!reader.AtEnd)
        {
            var id = reader.ReadByte();
            if (id >= Names.Length) throw new WasmFormatException("malformed section id", reader.Offset - 1);
            var size = reader.ReadU32();
            var offset = reader.Offset;
            if (size > int.MaxValue) throw new WasmFormatException("length out of bounds", offset);
            var content = new CodeReader(reader.ReadBytes((int)size), offset);
            var name = id == 0 ? content.ReadName() : Names[id];
            sections.Add(new SectionSize(name, id == 0, offset, (int)size));
        }
        return sections;
    }
}
