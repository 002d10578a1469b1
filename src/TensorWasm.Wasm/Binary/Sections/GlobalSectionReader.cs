namespace TensorWasm.Wasm;

/// <summary>The global section (section 5.5.9).</summary>
internal static class GlobalSectionReader
{
    internal static void Read(ModuleBuilder builder, ref CodeReader reader)
    {
        var count = reader.ReadCount(WasmLimits.MaxGlobals - builder.Globals.Count, "globals");
        for (var i = 0; i < count; i++)
        {
            builder.Globals.Add(TypeReader.ReadGlobalType(ref reader));
            builder.GlobalInitializers.Add(builder.ReadExpression(ref reader));
        }
    }
}
