namespace TensorWasm.Wasm;

/// <summary>
/// Writes modules in the binary format (section 5), with every integer outside of code in as few bytes as can be. Code is
/// copied as it is. Decoding the result gives an equal module.
/// </summary>
public static partial class WasmEncoder
{
    private static readonly SectionId[] Order =
    [
        SectionId.Custom, SectionId.Type, SectionId.Import, SectionId.Function, SectionId.Table, SectionId.Memory,
        SectionId.Tag, SectionId.Global, SectionId.Export, SectionId.Start, SectionId.Element, SectionId.DataCount,
        SectionId.Code, SectionId.Data,
    ];

    /// <summary>Writes a module. A name section among the custom sections is kept; else the names make one.</summary>
    public static byte[] Encode(WasmModule module)
    {
        ArgumentNullException.ThrowIfNull(module);
        var output = new ByteWriter();
        var content = new ByteWriter();
        output.Bytes([0, (byte)'a', (byte)'s', (byte)'m', 1, 0, 0, 0]);
        var customs = module.CustomSections.ToLookup(section => section.After);
        foreach (var id in Order)
        {
            content.Clear();
            // An empty section is written only where a custom section has its place after it.
            if (WriteSection(content, module, id) || (customs[(byte)id].Any() && IsVector(id)))
            {
                output.Byte((byte)id);
                output.Vector(content.Written);
            }
            foreach (var custom in customs[(byte)id])
            {
                content.Clear();
                content.Name(custom.Name);
                content.Bytes(custom.Bytes.Span);
                output.Byte((byte)SectionId.Custom);
                output.Vector(content.Written);
            }
        }
        if (!module.CustomSections.Any(section => section.Name == NameSectionReader.SectionName))
        {
            content.Clear();
            if (NameSectionWriter.Write(content, module.Names))
            {
                output.Byte((byte)SectionId.Custom);
                output.Vector(content.Written);
            }
        }
        return output.Written.ToArray();
    }

    private static bool IsVector(SectionId id) => id is not (SectionId.Custom or SectionId.Start or SectionId.DataCount);

    /// <summary>Writes a section's content; false if it is empty.</summary>
    private static bool WriteSection(ByteWriter writer, WasmModule module, SectionId id)
    {
        switch (id)
        {
            case SectionId.Type:
                return WriteVector(writer, module.RecursionGroups, group => WriteGroup(writer, module, group));
            case SectionId.Import:
                return WriteVector(writer, module.Imports, import => WriteImport(writer, module, import));
            case SectionId.Function:
                return WriteVector(writer, Defined(module.Functions, module.ImportedFunctions), writer.Index);
            case SectionId.Table:
                return WriteVector(
                    writer,
                    Defined(module.Tables, module.ImportedTables).Zip(module.TableInitializers).ToArray(),
                    table => WriteTable(writer, table.First, table.Second));
            case SectionId.Memory:
                return WriteVector(
                    writer, Defined(module.Memories, module.ImportedMemories), memory => WriteMemory(writer, memory));
            case SectionId.Tag:
                return WriteVector(writer, Defined(module.Tags, module.ImportedTags), tag => WriteTag(writer, tag));
            case SectionId.Global:
                return WriteVector(
                    writer,
                    Defined(module.Globals, module.ImportedGlobals).Zip(module.GlobalInitializers).ToArray(),
                    global =>
                    {
                        WriteGlobal(writer, global.First);
                        writer.Bytes(global.Second.Code.Span);
                    });
            case SectionId.Export:
                return WriteVector(writer, module.Exports, export =>
                {
                    writer.Name(export.Name);
                    writer.Byte((byte)export.Kind);
                    writer.Index(export.Index);
                });
            case SectionId.Start when module.Start is { } start:
                writer.Index(start);
                return true;
            case SectionId.Element:
                return WriteVector(writer, module.Elements, segment => WriteElements(writer, segment));
            case SectionId.DataCount when module.DataCount is { } count:
                writer.Index(count);
                return true;
            case SectionId.Code:
                return WriteVector(writer, module.Bodies, body => WriteBody(writer, body));
            case SectionId.Data:
                return WriteVector(writer, module.Data, segment => WriteData(writer, segment));
            default:
                return false;
        }
    }

    private static bool WriteVector<T>(ByteWriter writer, IReadOnlyList<T> items, Action<T> write)
    {
        writer.Index(items.Count);
        foreach (var item in items) write(item);
        return items.Count > 0;
    }

    private static T[] Defined<T>(IReadOnlyList<T> space, int imported) => space.Skip(imported).ToArray();
}
