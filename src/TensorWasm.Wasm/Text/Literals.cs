namespace TensorWasm.Wasm.Text;

/// <summary>Number literals (section 6.3.2). Each returns null for a value that its type cannot hold.</summary>
internal static class Literals
{
    /// <summary>The class of a word that begins with none of <c>"$</c>; null if it is reserved.</summary>
    public static TokenKind? Classify(ReadOnlySpan<byte> word)
    {
        var signed = word[0] is (byte)'+' or (byte)'-';
        var body = signed ? word[1..] : word;
        if (body.IsEmpty) return null;
        if (char.IsAsciiDigit((char)body[0]))
        {
            var hex = IsHex(body);
            var digits = hex ? body[2..] : body;
            if (IsDigits(digits, hex)) return signed ? TokenKind.Integer : TokenKind.Natural;
            return IsFloat(digits, hex) ? TokenKind.Float : null;
        }
        if (body.SequenceEqual("inf"u8) || body.SequenceEqual("nan"u8)) return TokenKind.Float;
        if (body.StartsWith("nan:0x"u8) && IsDigits(body[6..], hex: true)) return TokenKind.Float;
        return !signed && body[0] is >= (byte)'a' and <= (byte)'z' ? TokenKind.Keyword : null;
    }

    /// <summary>Whether this is a run of digits, in which underscores only separate two digits.</summary>
    public static bool IsDigits(ReadOnlySpan<byte> text, bool hex)
    {
        var digit = false;
        foreach (var unit in text)
        {
            if (unit == '_')
            {
                if (!digit) return false;
                digit = false;
            }
            else
            {
                digit = hex ? Characters.HexValue(unit) >= 0 : char.IsAsciiDigit((char)unit);
                if (!digit) return false;
            }
        }
        return digit;
    }

    /// <summary>An integer without a sign.</summary>
    public static ulong? Natural(ReadOnlySpan<byte> text)
    {
        var hex = IsHex(text);
        var limit = hex ? 16u : 10u;
        var value = 0UL;
        foreach (var unit in hex ? text[2..] : text)
        {
            if (unit == '_') continue;
            var next = Math.BigMul(value, limit, out var low);
            value = low + (uint)Characters.HexValue(unit);
            if (next != 0 || value < low) return null;
        }
        return value;
    }

    /// <summary>An integer of <paramref name="bits"/> bits, signed or not; its two's complement bits.</summary>
    public static ulong? Integer(ReadOnlySpan<byte> text, int bits)
    {
        var negative = text[0] == '-';
        if (Natural(text[0] is (byte)'-' or (byte)'+' ? text[1..] : text) is not { } magnitude) return null;
        var mask = ulong.MaxValue >> (64 - bits);
        if (negative) return magnitude <= 1UL << (bits - 1) ? (0 - magnitude) & mask : null;
        return magnitude <= mask ? magnitude : null;
    }

    /// <summary>The bits of an f32.</summary>
    public static uint? F32(ReadOnlySpan<byte> text) => (uint?)FloatLiterals.Parse(text, FloatLiterals.F32);

    /// <summary>The bits of an f64.</summary>
    public static ulong? F64(ReadOnlySpan<byte> text) => FloatLiterals.Parse(text, FloatLiterals.F64);

    internal static bool IsHex(ReadOnlySpan<byte> text) => text.StartsWith("0x"u8);

    private static bool IsFloat(ReadOnlySpan<byte> text, bool hex)
    {
        var exponent = hex ? text.IndexOfAny((byte)'p', (byte)'P') : text.IndexOfAny((byte)'e', (byte)'E');
        if (exponent >= 0)
        {
            var power = text[(exponent + 1)..];
            if (!power.IsEmpty && power[0] is (byte)'+' or (byte)'-') power = power[1..];
            if (!IsDigits(power, hex: false)) return false;
            text = text[..exponent];
        }
        var point = text.IndexOf((byte)'.');
        if (point < 0) return IsDigits(text, hex);
        return IsDigits(text[..point], hex) && (point + 1 == text.Length || IsDigits(text[(point + 1)..], hex));
    }
}
