namespace TensorWasm.Wasm;

/// <summary>The import section (section 5.5.5).</summary>
internal static class ImportSectionReader
{
    internal static void Read(ModuleBuilder builder, ref CodeReader reader)
    {
        var imports = new Import[reader.ReadCount(WasmLimits.MaxImports, "imports", 3)];
        for (var i = 0; i < imports.Length; i++)
        {
            var module = reader.ReadName();
            var name = reader.ReadName();
            var kind = (ExternalKind)reader.ReadByte();
            imports[i] = new Import(module, name, kind, ReadType(builder, ref reader, kind));
        }
        builder.Imports = imports;
        builder.ImportedFunctions = builder.Functions.Count;
        builder.ImportedMemories = builder.Memories.Count;
        builder.ImportedTags = builder.Tags.Count;
    }

    /// <summary>Enters the import in its index space and returns its index there.</summary>
    private static int ReadType(ModuleBuilder builder, ref CodeReader reader, ExternalKind kind)
    {
        switch (kind)
        {
            case ExternalKind.Function:
                builder.Functions.Add(reader.ReadIndex());
                return builder.Functions.Count - 1;
            case ExternalKind.Table:
                TableSectionReader.CheckCount(builder.Tables.Count, ref reader);
                builder.Tables.Add(TypeReader.ReadTableType(ref reader));
                return builder.Tables.Count - 1;
            case ExternalKind.Memory:
                MemorySectionReader.CheckCount(builder.Memories.Count, ref reader);
                builder.Memories.Add(TypeReader.ReadMemoryType(ref reader));
                return builder.Memories.Count - 1;
            case ExternalKind.Global:
                builder.Globals.Add(TypeReader.ReadGlobalType(ref reader));
                return builder.Globals.Count - 1;
            case ExternalKind.Tag:
                builder.Tags.Add(TypeReader.ReadTagType(ref reader));
                return builder.Tags.Count - 1;
            default:
                throw new WasmFormatException("malformed import kind", reader.Offset - 1);
        }
    }
}
