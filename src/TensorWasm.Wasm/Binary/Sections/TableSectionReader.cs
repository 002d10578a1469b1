namespace TensorWasm.Wasm;

/// <summary>The table section (section 5.5.7).</summary>
internal static class TableSectionReader
{
    internal const byte WithInitializer = 0x40;

    internal static void Read(ModuleBuilder builder, ref CodeReader reader)
    {
        var count = reader.ReadCount(WasmLimits.MaxTables, "tables");
        for (var i = 0; i < count; i++)
        {
            CheckCount(builder.Tables.Count, ref reader);
            if (reader.PeekByte() == WithInitializer)
            {
                reader.Position++;
                if (reader.ReadByte() != 0) throw new WasmFormatException("zero byte expected", reader.Offset - 1);
                builder.Tables.Add(TypeReader.ReadTableType(ref reader));
                builder.TableInitializers.Add(builder.ReadExpression(ref reader));
            }
            else
            {
                builder.Tables.Add(TypeReader.ReadTableType(ref reader));
                builder.TableInitializers.Add(null);
            }
        }
    }

    internal static void CheckCount(int count, ref CodeReader reader)
    {
        if (count == WasmLimits.MaxTables)
        {
            throw reader.MalformedHere($"too many tables, the limit is {WasmLimits.MaxTables}");
        }
    }
}
