namespace TensorWasm.Wasm;

/// <summary>Custom sections (section 5.5.3): a name, and bytes that mean what the name says.</summary>
internal static class CustomSectionReader
{
    internal static void Read(ModuleBuilder builder, ref CodeReader reader, SectionId after)
    {
        if (builder.CustomSections.Count == WasmLimits.MaxCustomSections)
        {
            throw reader.MalformedHere($"too many custom sections, the limit is {WasmLimits.MaxCustomSections}");
        }
        var name = reader.ReadName();
        var start = reader.Offset;
        reader.Position = reader.Length;
        builder.CustomSections.Add(new CustomSection(name, builder.Bytes[start..reader.Offset], (byte)after));
    }
}
