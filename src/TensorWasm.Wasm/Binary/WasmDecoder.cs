using System.Buffers.Binary;

namespace TensorWasm.Wasm;

/// <summary>
/// Reads modules in the binary format (section 5). Instructions are not decoded: function bodies stay ranges of the
/// bytes given, and <see cref="WasmValidator"/> finds what is malformed in them.
/// </summary>
public static class WasmDecoder
{
    private const uint Magic = 0x6D736100;
    private const uint Version = 1;
    private const int HeaderSize = 8;

    /// <summary>Whether these bytes begin as a module in the binary format does; if not, they may be text.</summary>
    public static bool IsBinary(ReadOnlySpan<byte> bytes) =>
        bytes.Length >= 4 && BinaryPrimitives.ReadUInt32LittleEndian(bytes) == Magic;

    /// <summary>Reads a module.</summary>
    /// <param name="bytes">
    /// The module. The result points into it, so it must neither change nor be reused while the result is in use.
    /// </param>
    /// <exception cref="WasmFormatException">The bytes are no module, or exceed a limit of <see cref="WasmLimits"/>.</exception>
    public static WasmModule Decode(ReadOnlyMemory<byte> bytes)
    {
        var span = bytes.Span;
        if (span.Length > WasmLimits.MaxModuleSize)
        {
            throw new WasmFormatException($"module of {span.Length} bytes, the limit is {WasmLimits.MaxModuleSize}", 0);
        }
        CheckHeader(span);
        var builder = new ModuleBuilder(bytes);
        var reader = new CodeReader(span) { Position = HeaderSize };
        var last = SectionId.Custom;
        while (!reader.AtEnd)
        {
            var start = reader.Position;
            var id = (SectionId)reader.ReadByte();
            if (id > SectionId.Tag) throw new WasmFormatException("malformed section id", start);
            var size = reader.ReadU32();
            if (size > reader.Length - reader.Position)
            {
                throw new WasmFormatException("length out of bounds", start + 1);
            }
            if (id != SectionId.Custom)
            {
                if (OrderOf(id) <= OrderOf(last))
                {
                    throw new WasmFormatException("unexpected content after last section", start);
                }
                last = id;
            }
            var section = new CodeReader(reader.ReadBytes((int)size), reader.Position - (int)size);
            ReadSection(builder, id, last, ref section);
            if (!section.AtEnd) throw section.MalformedHere("section size mismatch");
        }
        return builder.Build();
    }

    private static void CheckHeader(ReadOnlySpan<byte> bytes)
    {
        ReadOnlySpan<byte> magic = [0, (byte)'a', (byte)'s', (byte)'m'];
        if (!magic.StartsWith(bytes[..Math.Min(bytes.Length, 4)]))
        {
            throw new WasmFormatException(bytes.Length < 4 ? "unexpected end" : "magic header not detected", 0);
        }
        if (bytes.Length < HeaderSize) throw new WasmFormatException("unexpected end", bytes.Length);
        if (BinaryPrimitives.ReadUInt32LittleEndian(bytes[4..]) == Version) return;
        // The component model's preamble has a layer of 1 where a module's version has its upper half.
        var isComponent = BinaryPrimitives.ReadUInt16LittleEndian(bytes[6..]) == 1;
        throw new WasmFormatException(
            isComponent
                ? "unknown binary version: it is a component, and a core module is expected, as compilers make it for wasm32-wasip1"
                : "unknown binary version",
            4);
    }

    // Ids grew over time; this is the order in which sections may come.
    private static int OrderOf(SectionId id) => id switch
    {
        SectionId.Custom => 0,
        SectionId.Type => 1,
        SectionId.Import => 2,
        SectionId.Function => 3,
        SectionId.Table => 4,
        SectionId.Memory => 5,
        SectionId.Tag => 6,
        SectionId.Global => 7,
        SectionId.Export => 8,
        SectionId.Start => 9,
        SectionId.Element => 10,
        SectionId.DataCount => 11,
        SectionId.Code => 12,
        _ => 13,
    };

    private static void ReadSection(ModuleBuilder builder, SectionId id, SectionId last, ref CodeReader reader)
    {
        switch (id)
        {
            case SectionId.Custom:
                CustomSectionReader.Read(builder, ref reader, last);
                break;
            case SectionId.Type:
                TypeSectionReader.Read(builder, ref reader);
                break;
            case SectionId.Import:
                ImportSectionReader.Read(builder, ref reader);
                break;
            case SectionId.Function:
                FunctionSectionReader.Read(builder, ref reader);
                break;
            case SectionId.Table:
                TableSectionReader.Read(builder, ref reader);
                break;
            case SectionId.Memory:
                MemorySectionReader.Read(builder, ref reader);
                break;
            case SectionId.Tag:
                TagSectionReader.Read(builder, ref reader);
                break;
            case SectionId.Global:
                GlobalSectionReader.Read(builder, ref reader);
                break;
            case SectionId.Export:
                ExportSectionReader.Read(builder, ref reader);
                break;
            case SectionId.Start:
                builder.Start = reader.ReadIndex();
                break;
            case SectionId.Element:
                ElementSectionReader.Read(builder, ref reader);
                break;
            case SectionId.DataCount:
                builder.DataCount = reader.ReadIndex();
                break;
            case SectionId.Code:
                CodeSectionReader.Read(builder, ref reader);
                break;
            case SectionId.Data:
                DataSectionReader.Read(builder, ref reader);
                break;
        }
    }
}
