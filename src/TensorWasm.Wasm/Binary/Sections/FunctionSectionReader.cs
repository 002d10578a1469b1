namespace TensorWasm.Wasm;

/// <summary>The function section (section 5.5.6): the type of each defined function.</summary>
internal static class FunctionSectionReader
{
    internal static void Read(ModuleBuilder builder, ref CodeReader reader)
    {
        var count = reader.ReadCount(WasmLimits.MaxFunctions - builder.ImportedFunctions, "functions");
        builder.Functions.EnsureCapacity(builder.ImportedFunctions + count);
        for (var i = 0; i < count; i++) builder.Functions.Add(reader.ReadIndex());
    }
}
