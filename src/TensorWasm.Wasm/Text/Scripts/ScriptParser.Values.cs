using System.Buffers.Binary;

namespace TensorWasm.Wasm.Text;

/// <content>Arguments and expected results.</content>
internal sealed partial class ScriptParser
{
    private readonly ByteWriter _vector = new();

    private ScriptValue ParseValue()
    {
        reader.Open();
        if (reader.Kind != TokenKind.Keyword) throw reader.Unexpected();
        var word = reader.Current;
        reader.Advance();
        return Close(reader.TextOf(word) switch
        {
            "i32.const" => new ScriptValue(ValueType.I32, Constants.Integer(reader, 32)),
            "i64.const" => new ScriptValue(ValueType.I64, Constants.Integer(reader, 64)),
            "f32.const" => new ScriptValue(ValueType.F32, Constants.F32(reader)),
            "f64.const" => new ScriptValue(ValueType.F64, Constants.F64(reader)),
            "v128.const" => new ScriptValue(ValueType.V128, ParseVector()),
            "ref.null" => new ScriptValue(ValueType.Ref(ParseHeapType() ?? throw reader.Unexpected()), 0),
            "ref.extern" => new ScriptValue(ValueType.Ref(HeapType.Extern, nullable: false), reader.U32()),
            "ref.host" => new ScriptValue(ValueType.Ref(HeapType.Any, nullable: false), reader.U32()),
            _ => throw reader.Unexpected(word),
        });
    }

    private ScriptResult ParseResult()
    {
        if (!reader.TryOpen("either"u8)) return ParseSingleResult();
        var alternatives = new List<ScriptResult>();
        while (reader.Kind != TokenKind.Close) alternatives.Add(ParseSingleResult());
        return Close(new EitherResult(alternatives));
    }

    private ScriptResult ParseSingleResult()
    {
        reader.Open();
        if (reader.Kind != TokenKind.Keyword) throw reader.Unexpected();
        var word = reader.Current;
        reader.Advance();
        return Close<ScriptResult>(reader.TextOf(word) switch
        {
            "i32.const" => Number(ValueType.I32, new LanePattern(NanPattern.None, Constants.Integer(reader, 32))),
            "i64.const" => Number(ValueType.I64, new LanePattern(NanPattern.None, Constants.Integer(reader, 64))),
            "f32.const" => Number(ValueType.F32, ParseLane(ValueKind.F32)),
            "f64.const" => Number(ValueType.F64, ParseLane(ValueKind.F64)),
            "v128.const" => ParseVectorResult(),
            "ref.null" => new ReferenceResult(true, ParseHeapType(), null, false),
            "ref.extern" => new ReferenceResult(false, HeapType.Extern, TryNumber(), false),
            "ref.host" => new ReferenceResult(false, HeapType.Any, reader.U32(), true),
            "ref.func" => new ReferenceResult(false, HeapType.Func, null, false),
            "ref.any" => new ReferenceResult(false, HeapType.Any, null, false),
            "ref.eq" => new ReferenceResult(false, HeapType.Eq, null, false),
            "ref.i31" => new ReferenceResult(false, HeapType.I31, null, false),
            "ref.struct" => new ReferenceResult(false, HeapType.Struct, null, false),
            "ref.array" => new ReferenceResult(false, HeapType.Array, null, false),
            "ref.exn" => new ReferenceResult(false, HeapType.Exn, null, false),
            _ => throw reader.Unexpected(word),
        });
    }

    private static NumberResult Number(ValueType type, LanePattern pattern) => new(type, type, [pattern]);

    private uint? TryNumber() => reader.Kind == TokenKind.Natural ? reader.U32() : null;

    private UInt128 ParseVector()
    {
        _vector.Clear();
        Constants.Encode(reader, ImmediateKind.V128, _vector);
        return BinaryPrimitives.ReadUInt128LittleEndian(_vector.Written);
    }

    private NumberResult ParseVectorResult()
    {
        if (!Constants.TryShape(reader, out var count, out var kind)) throw reader.Unexpected();
        reader.Advance();
        var lanes = new LanePattern[count];
        for (var i = 0; i < count; i++) lanes[i] = ParseLane(kind);
        return new NumberResult(ValueType.V128, ValueType.FromKind(kind), lanes);
    }

    private LanePattern ParseLane(ValueKind kind)
    {
        if (kind is ValueKind.F32 or ValueKind.F64)
        {
            if (reader.TryKeyword("nan:canonical"u8)) return new LanePattern(NanPattern.Canonical, 0);
            if (reader.TryKeyword("nan:arithmetic"u8)) return new LanePattern(NanPattern.Arithmetic, 0);
        }
        return new LanePattern(NanPattern.None, kind switch
        {
            ValueKind.F32 => Constants.F32(reader),
            ValueKind.F64 => Constants.F64(reader),
            ValueKind.I8 => Constants.Integer(reader, 8),
            ValueKind.I16 => Constants.Integer(reader, 16),
            ValueKind.I32 => Constants.Integer(reader, 32),
            _ => Constants.Integer(reader, 64),
        });
    }

    /// <summary>An abstract heap type, if there is one here.</summary>
    private HeapType? ParseHeapType()
    {
        if (reader.Kind == TokenKind.Close) return null;
        var heap = HeapTypes.TryParse(reader.Current, reader) ?? throw reader.Unexpected();
        reader.Advance();
        return heap;
    }
}
