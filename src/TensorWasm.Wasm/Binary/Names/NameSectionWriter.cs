namespace TensorWasm.Wasm;

/// <summary>Writes the name section (section 7.4.1): subsections by id, names by index.</summary>
internal static class NameSectionWriter
{
    /// <summary>Writes the custom section's content; false if there are no names.</summary>
    internal static bool Write(ByteWriter writer, NameSection names)
    {
        writer.Name(NameSectionReader.SectionName);
        var empty = writer.Length;
        var content = new ByteWriter();
        if (names.Module is { } module)
        {
            content.Name(module);
            WriteSubsection(writer, NameSubsection.Module, content);
        }
        WriteMap(writer, NameSubsection.Functions, names.Functions, content);
        WriteIndirectMap(writer, NameSubsection.Locals, names.Locals, content);
        WriteIndirectMap(writer, NameSubsection.Labels, names.Labels, content);
        WriteMap(writer, NameSubsection.Types, names.Types, content);
        WriteMap(writer, NameSubsection.Tables, names.Tables, content);
        WriteMap(writer, NameSubsection.Memories, names.Memories, content);
        WriteMap(writer, NameSubsection.Globals, names.Globals, content);
        WriteMap(writer, NameSubsection.Elements, names.Elements, content);
        WriteMap(writer, NameSubsection.Data, names.Data, content);
        WriteIndirectMap(writer, NameSubsection.Fields, names.Fields, content);
        WriteMap(writer, NameSubsection.Tags, names.Tags, content);
        return writer.Length > empty;
    }

    private static void WriteMap(
        ByteWriter writer, NameSubsection id, Dictionary<int, string> map, ByteWriter content)
    {
        if (map.Count == 0) return;
        content.Clear();
        WriteEntries(content, map);
        WriteSubsection(writer, id, content);
    }

    private static void WriteIndirectMap(
        ByteWriter writer, NameSubsection id, Dictionary<int, Dictionary<int, string>> map, ByteWriter content)
    {
        if (map.Count == 0) return;
        content.Clear();
        content.Index(map.Count);
        foreach (var (index, names) in map.OrderBy(entry => entry.Key))
        {
            content.Index(index);
            WriteEntries(content, names);
        }
        WriteSubsection(writer, id, content);
    }

    private static void WriteEntries(ByteWriter writer, Dictionary<int, string> names)
    {
        writer.Index(names.Count);
        foreach (var (index, name) in names.OrderBy(entry => entry.Key))
        {
            writer.Index(index);
            writer.Name(name);
        }
    }

    private static void WriteSubsection(ByteWriter writer, NameSubsection id, ByteWriter content)
    {
        writer.Byte((byte)id);
        writer.Vector(content.Written);
    }
}
