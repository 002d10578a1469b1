namespace TensorWasm.Wasm;

/// <summary>The type section (section 5.5.4): recursion groups.</summary>
internal static class TypeSectionReader
{
    internal const byte Group = 0x4E;
    internal const byte FinalSubType = 0x4F;
    internal const byte OpenSubType = 0x50;
    internal const byte Array = 0x5E;
    internal const byte Struct = 0x5F;
    internal const byte Function = 0x60;

    internal static void Read(ModuleBuilder builder, ref CodeReader reader)
    {
        var groups = reader.ReadCount(WasmLimits.MaxRecursionGroups, "recursion groups", 2);
        for (var i = 0; i < groups; i++)
        {
            var start = builder.Types.Count;
            var count = 1;
            if (reader.PeekByte() == Group)
            {
                reader.Position++;
                count = reader.ReadCount(WasmLimits.MaxTypes - start, "types", 2);
            }
            else if (start == WasmLimits.MaxTypes)
            {
                throw reader.MalformedHere($"too many types, the limit is {WasmLimits.MaxTypes}");
            }
            builder.RecursionGroups.Add(new RecursionGroup(start, count));
            for (var j = 0; j < count; j++) builder.Types.Add(ReadSubType(ref reader));
        }
    }

    private static SubType ReadSubType(ref CodeReader reader)
    {
        var form = reader.PeekByte();
        if (form is not (OpenSubType or FinalSubType)) return SubType.Plain(ReadCompositeType(ref reader));
        reader.Position++;
        var supertypes = new int[reader.ReadCount(WasmLimits.MaxTypes, "super types")];
        for (var i = 0; i < supertypes.Length; i++) supertypes[i] = reader.ReadIndex();
        return new SubType(ReadCompositeType(ref reader), supertypes, form == FinalSubType);
    }

    private static CompositeType ReadCompositeType(ref CodeReader reader)
    {
        switch (reader.ReadByte())
        {
            case Function:
                var parameters = ReadValueTypes(ref reader, WasmLimits.MaxParameters, "parameters");
                var results = ReadValueTypes(ref reader, WasmLimits.MaxResults, "results");
                return parameters.Length + results.Length == 0
                    ? FunctionType.Empty
                    : new FunctionType(parameters, results);
            case Struct:
                var fields = new FieldType[reader.ReadCount(WasmLimits.MaxFields, "fields", 2)];
                for (var i = 0; i < fields.Length; i++) fields[i] = ReadFieldType(ref reader);
                return new StructType(fields);
            case Array:
                return new ArrayType(ReadFieldType(ref reader));
            default:
                reader.Position--;
                // Forms are one-byte signed integers.
                throw reader.MalformedHere(
                    reader.PeekByte() >= 0x80 ? "integer representation too long" : "malformed definition type");
        }
    }

    private static ValueType[] ReadValueTypes(ref CodeReader reader, int limit, string what)
    {
        var count = reader.ReadCount(limit, what);
        if (count == 0) return [];
        var types = new ValueType[count];
        for (var i = 0; i < types.Length; i++) types[i] = reader.ReadValueType();
        return types;
    }

    private static FieldType ReadFieldType(ref CodeReader reader)
    {
        var storage = reader.ReadStorageType();
        return new FieldType(storage, TypeReader.ReadMutability(ref reader));
    }
}
