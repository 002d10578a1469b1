namespace TensorWasm.Wasm;

/// <summary>The element section (section 5.5.12), in its eight forms.</summary>
internal static class ElementSectionReader
{
    // The form's bits: not active; with the table's index, or declarative; expressions instead of function indices.
    internal const uint NotActive = 1;
    internal const uint Explicit = 2;
    internal const uint WithExpressions = 4;

    internal static void Read(ModuleBuilder builder, ref CodeReader reader)
    {
        var segments = new ElementSegment[reader.ReadCount(WasmLimits.MaxElementSegments, "element segments", 2)];
        for (var i = 0; i < segments.Length; i++) segments[i] = ReadSegment(builder, ref reader);
        builder.Elements = segments;
    }

    private static ElementSegment ReadSegment(ModuleBuilder builder, ref CodeReader reader)
    {
        var start = reader.Offset;
        var form = reader.ReadU32();
        if (form > 7) throw new WasmFormatException("malformed elements segment kind", start);
        var mode = (form & NotActive) == 0
            ? SegmentMode.Active
            : (form & Explicit) != 0 ? SegmentMode.Declarative : SegmentMode.Passive;
        var table = 0;
        var offset = default(ConstantExpression);
        if (mode == SegmentMode.Active)
        {
            if ((form & Explicit) != 0) table = reader.ReadIndex();
            offset = builder.ReadExpression(ref reader);
        }
        var hasType = (form & (NotActive | Explicit)) != 0;
        if ((form & WithExpressions) != 0)
        {
            var type = hasType ? reader.ReadReferenceType() : ValueType.FuncRef;
            return new ElementSegment(type, mode, table, offset, null, ReadExpressions(builder, ref reader));
        }
        if (hasType && reader.ReadByte() != 0)
        {
            throw new WasmFormatException("malformed element kind", reader.Offset - 1);
        }
        var functionType = ValueType.Ref(HeapType.Func, nullable: false);
        return new ElementSegment(functionType, mode, table, offset, ReadFunctions(ref reader), null);
    }

    private static int[] ReadFunctions(ref CodeReader reader)
    {
        var functions = new int[reader.ReadCount(WasmLimits.MaxElements, "elements")];
        for (var i = 0; i < functions.Length; i++) functions[i] = reader.ReadIndex();
        return functions;
    }

    private static ConstantExpression[] ReadExpressions(ModuleBuilder builder, ref CodeReader reader)
    {
        var expressions = new ConstantExpression[reader.ReadCount(WasmLimits.MaxElements, "elements")];
        for (var i = 0; i < expressions.Length; i++) expressions[i] = builder.ReadExpression(ref reader);
        return expressions;
    }
}
