namespace TensorWasm.Wasm;

/// <summary>The tag section (section 5.5.16).</summary>
internal static class TagSectionReader
{
    internal static void Read(ModuleBuilder builder, ref CodeReader reader)
    {
        var count = reader.ReadCount(WasmLimits.MaxTags - builder.Tags.Count, "tags", 2);
        for (var i = 0; i < count; i++) builder.Tags.Add(TypeReader.ReadTagType(ref reader));
    }
}
