namespace TensorWasm.Wasm;

/// <summary>The name section (section 7.4.1). What is damaged in it is left out, since names change no behaviour.</summary>
internal static class NameSectionReader
{
    internal const string SectionName = "name";

    /// <summary>Reads the first name section.</summary>
    internal static NameSection Read(IReadOnlyList<CustomSection> sections, int functions)
    {
        var names = new NameSection();
        foreach (var section in sections)
        {
            if (section.Name != SectionName) continue;
            var left = WasmLimits.MaxNames;
            try
            {
                ReadSubsections(names, section.Bytes.Span, functions, ref left);
            }
            catch (WasmFormatException)
            {
                // What was read up to here stays.
            }
            break;
        }
        return names;
    }

    private static void ReadSubsections(NameSection names, ReadOnlySpan<byte> bytes, int functions, ref int left)
    {
        var reader = new CodeReader(bytes);
        while (!reader.AtEnd)
        {
            var id = (NameSubsection)reader.ReadByte();
            var size = (int)Math.Min(reader.ReadU32(), int.MaxValue);
            var subsection = new CodeReader(reader.ReadBytes(size));
            switch (id)
            {
                case NameSubsection.Module:
                    names.Module = subsection.ReadName();
                    break;
                case NameSubsection.Functions:
                    ReadMap(names.Functions, ref subsection, ref left);
                    break;
                case NameSubsection.Locals:
                    ReadIndirectMap(names.Locals, ref subsection, functions, ref left);
                    break;
                case NameSubsection.Labels:
                    ReadIndirectMap(names.Labels, ref subsection, functions, ref left);
                    break;
                case NameSubsection.Types:
                    ReadMap(names.Types, ref subsection, ref left);
                    break;
                case NameSubsection.Tables:
                    ReadMap(names.Tables, ref subsection, ref left);
                    break;
                case NameSubsection.Memories:
                    ReadMap(names.Memories, ref subsection, ref left);
                    break;
                case NameSubsection.Globals:
                    ReadMap(names.Globals, ref subsection, ref left);
                    break;
                case NameSubsection.Elements:
                    ReadMap(names.Elements, ref subsection, ref left);
                    break;
                case NameSubsection.Data:
                    ReadMap(names.Data, ref subsection, ref left);
                    break;
                case NameSubsection.Fields:
                    ReadIndirectMap(names.Fields, ref subsection, WasmLimits.MaxTypes, ref left);
                    break;
                case NameSubsection.Tags:
                    ReadMap(names.Tags, ref subsection, ref left);
                    break;
            }
        }
    }

    private static void ReadMap(Dictionary<int, string> map, ref CodeReader reader, ref int left)
    {
        var count = reader.ReadU32();
        for (var i = 0U; i < count && left > 0; i++, left--)
        {
            var index = reader.ReadIndex();
            map[index] = reader.ReadName();
        }
    }

    private static void ReadIndirectMap(
        Dictionary<int, Dictionary<int, string>> map, ref CodeReader reader, int limit, ref int left)
    {
        var count = reader.ReadU32();
        for (var i = 0U; i < count && left > 0; i++, left--)
        {
            var index = reader.ReadIndex();
            var inner = new Dictionary<int, string>();
            ReadMap(inner, ref reader, ref left);
            if (index < limit && inner.Count > 0) map[index] = inner;
        }
    }
}
