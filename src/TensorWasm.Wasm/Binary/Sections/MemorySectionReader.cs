namespace TensorWasm.Wasm;

/// <summary>The memory section (section 5.5.8).</summary>
internal static class MemorySectionReader
{
    internal static void Read(ModuleBuilder builder, ref CodeReader reader)
    {
        var count = reader.ReadCount(WasmLimits.MaxMemories, "memories");
        for (var i = 0; i < count; i++)
        {
            CheckCount(builder.Memories.Count, ref reader);
            builder.Memories.Add(TypeReader.ReadMemoryType(ref reader));
        }
    }

    internal static void CheckCount(int count, ref CodeReader reader)
    {
        if (count == WasmLimits.MaxMemories)
        {
            throw reader.MalformedHere($"too many memories, the limit is {WasmLimits.MaxMemories}");
        }
    }
}
