namespace TensorWasm.Wasm.Text;

/// <summary>Splits text into tokens (section 6.3). Comments and annotations are checked and skipped.</summary>
/// <param name="source">The text.</param>
/// <param name="end">Where to stop in it.</param>
internal sealed partial class Lexer(SourceText source, int end)
{
    private readonly byte[] _text = source.Bytes;
    private readonly int _end = end;
    private int _annotation = -1;

    /// <summary>The offset at which the next token is looked for.</summary>
    public int Position { get; set; }

    public SourceText Source => source;

    public Token Next()
    {
        _annotation = -1;
        SkipSpace();
        var start = Position;
        if (start >= _end) return Make(TokenKind.End, start);
        var first = _text[start];
        if (first is (byte)'(' or (byte)')')
        {
            Position++;
            return Make(first == '(' ? TokenKind.Open : TokenKind.Close, start);
        }
        TokenKind kind;
        if (first == '"')
        {
            ScanString();
            kind = TokenKind.String;
        }
        else if (first == '$')
        {
            Position++;
            ScanName("empty identifier", start);
            kind = TokenKind.Identifier;
        }
        else if (Characters.IsName(first))
        {
            SkipName();
            kind = Literals.Classify(_text.AsSpan(start, Position - start)) ?? throw Unknown(start);
        }
        else
        {
            throw Characters.IsReserved(first) ? Unknown(start) : Illegal(start);
        }
        if (AtWord()) throw Unknown(start);
        return Make(kind, start);
    }

    /// <summary>The error for a word that the format has no use for.</summary>
    public WasmFormatException Unknown(int start)
    {
        var stop = start;
        while (stop < _end && stop - start < 80 && (Characters.IsReserved(_text[stop]) || _text[stop] == '"')) stop++;
        var word = System.Text.Encoding.UTF8.GetString(_text, start, stop - start);
        return source.Error($"unknown operator {word}", start);
    }

    private Token Make(TokenKind kind, int start) => new(kind, start, Position, _annotation);

    /// <summary>Whether the previous token goes on here, which none may: a space is needed between two words.</summary>
    private bool AtWord()
    {
        if (Position >= _end) return false;
        var next = _text[Position];
        if (next == ';') return Position + 1 >= _end || _text[Position + 1] != ';';
        return next == '"' || Characters.IsReserved(next);
    }

    private void SkipName()
    {
        while (Position < _end && Characters.IsName(_text[Position])) Position++;
    }

    private void SkipSpace()
    {
        while (Position < _end)
        {
            switch (_text[Position])
            {
                case (byte)' ' or (byte)'\t' or (byte)'\n' or (byte)'\r':
                    Position++;
                    break;
                case (byte)';' when Follows((byte)';'):
                    SkipLineComment();
                    break;
                case (byte)'(' when Follows((byte)';'):
                    SkipBlockComment();
                    break;
                case (byte)'(' when Follows((byte)'@'):
                    SkipAnnotation();
                    break;
                default:
                    return;
            }
        }
    }

    private bool Follows(byte next) => Position + 1 < _end && _text[Position + 1] == next;

    private void SkipLineComment()
    {
        while (Position < _end && _text[Position] is not ((byte)'\n' or (byte)'\r')) SkipCharacter();
    }

    private void SkipBlockComment()
    {
        var start = Position;
        var depth = 0;
        do
        {
            if (Position >= _end) throw source.Error("unclosed comment", start);
            if (_text[Position] == '(' && Follows((byte)';'))
            {
                depth++;
                Position += 2;
            }
            else if (_text[Position] == ';' && Follows((byte)')'))
            {
                depth--;
                Position += 2;
            }
            else
            {
                SkipCharacter();
            }
        }
        while (depth > 0);
    }

    /// <summary>Steps over one character of any kind, which must be well-formed UTF-8.</summary>
    private void SkipCharacter()
    {
        if (_text[Position] < 0x80)
        {
            Position++;
            return;
        }
        var status = System.Text.Rune.DecodeFromUtf8(_text.AsSpan(Position, _end - Position), out _, out var length);
        if (status != System.Buffers.OperationStatus.Done) throw source.Error("malformed UTF-8 encoding", Position);
        Position += length;
    }

    private WasmFormatException Illegal(int offset)
    {
        Position = offset;
        SkipCharacter();
        return source.Error("illegal character", offset);
    }
}
