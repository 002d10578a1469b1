namespace TensorWasm.Wasm;

/// <content>Function bodies, elements and data (sections 5.5.12 to 5.5.14).</content>
public static partial class WasmEncoder
{
    private const byte End = (byte)Opcode.End;

    private static void WriteBody(ByteWriter writer, FunctionBody body)
    {
        var locals = new ByteWriter();
        WriteVector(locals, body.Locals, group =>
        {
            locals.Unsigned(group.Count);
            WriteValueType(locals, group.Type);
        });
        writer.Index(locals.Length + body.Code.Length);
        writer.Bytes(locals.Written);
        writer.Bytes(body.Code.Span);
    }

    private static void WriteElements(ByteWriter writer, ElementSegment segment)
    {
        // Function indices make a segment of non-null references; one of another type spells them as expressions.
        var asIndices = segment.Functions is not null
            && segment.Type == ValueType.Ref(HeapType.Func, nullable: false);
        var isShort = segment.Mode == SegmentMode.Active && segment.Table == 0
            && (asIndices || segment.Type == ValueType.FuncRef);
        writer.Unsigned(
            (asIndices ? 0 : ElementSectionReader.WithExpressions)
            | segment.Mode switch
            {
                SegmentMode.Active when isShort => 0,
                SegmentMode.Active => ElementSectionReader.Explicit,
                SegmentMode.Passive => ElementSectionReader.NotActive,
                _ => ElementSectionReader.NotActive | ElementSectionReader.Explicit,
            });
        if (segment.Mode == SegmentMode.Active)
        {
            if (!isShort) writer.Index(segment.Table);
            writer.Bytes(segment.TableOffset.Code.Span);
        }
        if (asIndices)
        {
            if (!isShort) writer.Byte(0);
            WriteVector(writer, segment.Functions!, writer.Index);
            return;
        }
        if (!isShort) WriteValueType(writer, segment.Type);
        if (segment.Functions is { } functions)
        {
            WriteVector(writer, functions, function =>
            {
                writer.Byte((byte)Opcode.RefFunc);
                writer.Index(function);
                writer.Byte(End);
            });
        }
        else
        {
            WriteVector(writer, segment.Expressions!, expression => writer.Bytes(expression.Code.Span));
        }
    }

    private static void WriteData(ByteWriter writer, DataSegment segment)
    {
        if (segment.Mode == SegmentMode.Passive)
        {
            writer.Byte(DataSectionReader.Passive);
        }
        else if (segment.Memory == 0)
        {
            writer.Byte(DataSectionReader.Active);
            writer.Bytes(segment.MemoryOffset.Code.Span);
        }
        else
        {
            writer.Byte(DataSectionReader.ActiveWithMemory);
            writer.Index(segment.Memory);
            writer.Bytes(segment.MemoryOffset.Code.Span);
        }
        writer.Vector(segment.Bytes.Span);
    }
}
