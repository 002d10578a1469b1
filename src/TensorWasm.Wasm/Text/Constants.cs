namespace TensorWasm.Wasm.Text;

/// <summary>The numbers of constant instructions.</summary>
internal static class Constants
{
    /// <summary>The immediate of a constant instruction, in the binary format.</summary>
    public static void Encode(TokenReader reader, ImmediateKind kind, ByteWriter code)
    {
        switch (kind)
        {
            case ImmediateKind.I32:
                code.Signed((int)Integer(reader, 32));
                break;
            case ImmediateKind.I64:
                code.Signed((long)Integer(reader, 64));
                break;
            case ImmediateKind.F32:
                code.Fixed32(F32(reader));
                break;
            case ImmediateKind.F64:
                code.Fixed64(F64(reader));
                break;
            default:
                Vector(reader, code);
                break;
        }
    }

    /// <summary>Whether a token is a number of any kind.</summary>
    public static bool IsNumber(Token token) => token.Kind is TokenKind.Natural or TokenKind.Integer or TokenKind.Float;

    /// <summary>An integer of so many bits.</summary>
    public static ulong Integer(TokenReader reader, int bits) => Integer(reader, Number(reader), bits);

    /// <summary>The bits of an f32.</summary>
    public static uint F32(TokenReader reader) => F32(reader, Number(reader));

    /// <summary>The bits of an f64.</summary>
    public static ulong F64(TokenReader reader) => F64(reader, Number(reader));

    /// <summary>The shape's lanes and bits a lane; false if no shape stands here.</summary>
    public static bool TryShape(TokenReader reader, out int lanes, out ValueKind kind)
    {
        (lanes, kind) = reader.Kind != TokenKind.Keyword ? default : reader.TextOf(reader.Current) switch
        {
            "i8x16" => (16, ValueKind.I8),
            "i16x8" => (8, ValueKind.I16),
            "i32x4" => (4, ValueKind.I32),
            "i64x2" => (2, ValueKind.I64),
            "f32x4" => (4, ValueKind.F32),
            "f64x2" => (2, ValueKind.F64),
            _ => default,
        };
        return lanes > 0;
    }

    private static ulong Integer(TokenReader reader, Token token, int bits)
    {
        if (token.Kind == TokenKind.Float) throw reader.Unexpected(token);
        return Literals.Integer(reader.Text(token), bits) ?? throw OutOfRange(reader, token);
    }

    private static uint F32(TokenReader reader, Token token) =>
        Literals.F32(reader.Text(token)) ?? throw OutOfRange(reader, token);

    private static ulong F64(TokenReader reader, Token token) =>
        Literals.F64(reader.Text(token)) ?? throw OutOfRange(reader, token);

    private static void Vector(TokenReader reader, ByteWriter code)
    {
        var start = reader.Current.Start;
        if (!TryShape(reader, out var lanes, out var kind)) throw reader.Unexpected();
        reader.Advance();

        // Their number is checked before their values, whose errors would otherwise win.
        Span<Token> literals = stackalloc Token[16];
        var count = 0;
        for (; IsNumber(reader.Current); count++)
        {
            if (count == lanes) throw reader.Source.Error("wrong number of lane literals", start);
            literals[count] = reader.Advance();
        }
        if (count < lanes)
        {
            var isUnknown = reader.Kind == TokenKind.Keyword && !Keywords.IsKnown(reader.Text(reader.Current));
            throw isUnknown ? reader.Unexpected() : reader.Source.Error("wrong number of lane literals", start);
        }
        foreach (var literal in literals[..lanes]) Lane(reader, literal, kind, code);
    }

    private static void Lane(TokenReader reader, Token literal, ValueKind kind, ByteWriter code)
    {
        switch (kind)
        {
            case ValueKind.I8:
                code.Byte((byte)Integer(reader, literal, 8));
                break;
            case ValueKind.I16:
                var half = Integer(reader, literal, 16);
                code.Byte((byte)half);
                code.Byte((byte)(half >> 8));
                break;
            case ValueKind.I32:
                code.Fixed32((uint)Integer(reader, literal, 32));
                break;
            case ValueKind.I64:
                code.Fixed64(Integer(reader, literal, 64));
                break;
            case ValueKind.F32:
                code.Fixed32(F32(reader, literal));
                break;
            default:
                code.Fixed64(F64(reader, literal));
                break;
        }
    }

    private static Token Number(TokenReader reader) =>
        IsNumber(reader.Current) ? reader.Advance() : throw reader.Unexpected();

    private static WasmFormatException OutOfRange(TokenReader reader, Token token) =>
        reader.Source.Error($"constant out of range {reader.Show(token)}", token.Start);
}
