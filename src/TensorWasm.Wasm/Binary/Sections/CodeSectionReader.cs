namespace TensorWasm.Wasm;

/// <summary>The code section (section 5.5.13): locals are read, instructions kept as bytes.</summary>
internal static class CodeSectionReader
{
    internal static void Read(ModuleBuilder builder, ref CodeReader reader)
    {
        var bodies = new FunctionBody[reader.ReadCount(WasmLimits.MaxFunctions, "function bodies", 2)];
        for (var i = 0; i < bodies.Length; i++)
        {
            var start = reader.Offset;
            var size = reader.ReadU32();
            if (size > reader.Length - reader.Position) throw new WasmFormatException("length out of bounds", start);
            if (size > WasmLimits.MaxFunctionSize)
            {
                throw new WasmFormatException(
                    $"function body of {size} bytes, the limit is {WasmLimits.MaxFunctionSize}", start);
            }
            var body = new CodeReader(reader.ReadBytes((int)size), reader.Offset - (int)size);
            var locals = ReadLocals(ref body);
            bodies[i] = new FunctionBody(locals, builder.Bytes[body.Offset..reader.Offset], body.Offset);
        }
        builder.Bodies = bodies;
    }

    private static LocalGroup[] ReadLocals(ref CodeReader reader)
    {
        var start = reader.Offset;
        var count = reader.ReadCount(WasmLimits.MaxFunctionSize, "groups of locals", 2);
        if (count == 0) return [];
        var groups = new LocalGroup[count];
        var total = 0L;
        for (var i = 0; i < groups.Length; i++)
        {
            groups[i] = new LocalGroup(reader.ReadU32(), reader.ReadValueType());
            total += groups[i].Count;
        }
        if (total > WasmLimits.MaxLocals)
        {
            throw new WasmFormatException($"too many locals: {total}, the limit is {WasmLimits.MaxLocals}", start);
        }
        return groups;
    }
}
