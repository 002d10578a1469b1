namespace TensorWasm.Wasm.Text;

/// <content>String literals (section 6.3.3).</content>
internal sealed partial class Lexer
{
    /// <summary>The bytes that a string token stands for.</summary>
    public byte[] StringBytes(Token token) => StringBytes(token.Start, token.End);

    private byte[] StringBytes(int start, int end)
    {
        var body = _text.AsSpan(start + 1, end - start - 2);
        if (!body.Contains((byte)'\\')) return body.ToArray();
        var result = new byte[body.Length];
        var length = 0;
        for (var i = 0; i < body.Length;)
        {
            var next = body[i++];
            if (next != '\\')
            {
                result[length++] = next;
                continue;
            }
            next = body[i++];
            if (next == 'u')
            {
                var close = i + body[i..].IndexOf((byte)'}');
                var rune = new System.Text.Rune(ReadScalar(body[(i + 1)..close]));
                length += rune.EncodeToUtf8(result.AsSpan(length));
                i = close + 1;
            }
            else if (Characters.HexValue(next) is var high and >= 0)
            {
                result[length++] = (byte)((high << 4) | Characters.HexValue(body[i++]));
            }
            else
            {
                result[length++] = next switch
                {
                    (byte)'n' => (byte)'\n',
                    (byte)'r' => (byte)'\r',
                    (byte)'t' => (byte)'\t',
                    _ => next,
                };
            }
        }
        return result.AsSpan(0, length).ToArray();
    }

    private void ScanString()
    {
        if (!TryScanString(out var reason, out var offset)) throw source.Error(reason, offset);
    }

    /// <summary>Steps over a string and checks it.</summary>
    private bool TryScanString(out string reason, out int offset)
    {
        reason = "";
        var start = Position++;
        while (true)
        {
            offset = Position;
            if (Position >= _end || _text[Position] == '\n')
            {
                reason = "unclosed string literal";
                offset = start;
                return false;
            }
            var next = _text[Position];
            if (next == '"')
            {
                Position++;
                return true;
            }
            if (next is < 0x20 or 0x7F)
            {
                reason = "illegal control character in string literal";
                return false;
            }
            if (next != '\\')
            {
                SkipCharacter();
            }
            else if (!TryScanEscape())
            {
                reason = "illegal escape";
                return false;
            }
        }
    }

    private bool TryScanEscape()
    {
        var rest = _text.AsSpan(0, _end)[(Position + 1)..];
        if (rest.IsEmpty) return false;
        if (rest[0] is (byte)'n' or (byte)'r' or (byte)'t' or (byte)'\\' or (byte)'\'' or (byte)'"')
        {
            Position += 2;
            return true;
        }
        if (rest[0] == 'u')
        {
            if (rest.Length < 3 || rest[1] != '{') return false;
            var close = rest.IndexOfAny("}\"\n"u8);
            if (close < 0 || rest[close] != '}' || ReadScalar(rest[2..close]) < 0) return false;
            Position += close + 2;
            return true;
        }
        if (rest.Length < 2 || Characters.HexValue(rest[0]) < 0 || Characters.HexValue(rest[1]) < 0) return false;
        Position += 3;
        return true;
    }

    /// <summary>A Unicode scalar value in hexadecimal digits; -1 if it is none.</summary>
    private static int ReadScalar(ReadOnlySpan<byte> digits)
    {
        if (!Literals.IsDigits(digits, hex: true)) return -1;
        var value = 0;
        foreach (var digit in digits)
        {
            if (digit == '_') continue;
            value = (value << 4) | Characters.HexValue(digit);
            if (value > 0x10FFFF) return -1;
        }
        return System.Text.Rune.IsValid(value) ? value : -1;
    }
}
