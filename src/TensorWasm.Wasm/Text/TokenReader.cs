namespace TensorWasm.Wasm.Text;

/// <summary>A cursor over tokens that sees two of them.</summary>
internal sealed class TokenReader
{
    private readonly Lexer _lexer;
    private readonly byte[] _text;

    public TokenReader(SourceText source, int start = 0)
        : this(source, start, source.Bytes.Length)
    {
    }

    /// <summary>Reads a part of the text.</summary>
    public TokenReader(SourceText source, int start, int end)
    {
        _lexer = new Lexer(source, end);
        _text = source.Bytes;
        Seek(start);
    }

    public SourceText Source => _lexer.Source;

    public Token Current { get; private set; }

    public Token Ahead { get; private set; }

    public TokenKind Kind => Current.Kind;

    /// <summary>Goes on at <paramref name="offset"/>, where a token starts.</summary>
    public void Seek(int offset)
    {
        _lexer.Position = offset;
        Current = _lexer.Next();
        Ahead = _lexer.Next();
    }

    /// <summary>Steps over the current token and returns it.</summary>
    public Token Advance()
    {
        var token = Current;
        Current = Ahead;
        Ahead = _lexer.Next();
        return token;
    }

    public ReadOnlySpan<byte> Text(Token token) => _text.AsSpan(token.Start, token.End - token.Start);

    public string TextOf(Token token) => System.Text.Encoding.UTF8.GetString(Text(token));

    /// <summary>The text for an error message, which must not grow with it.</summary>
    public string Show(Token token) => token.Kind == TokenKind.End ? "end of text"
        : token.End - token.Start <= 80 ? TextOf(token)
        : TextOf(token with { End = token.Start + 80 }) + "...";

    public bool IsKeyword(ReadOnlySpan<byte> word) => Kind == TokenKind.Keyword && Text(Current).SequenceEqual(word);

    /// <summary>Whether a parenthesis opens here with this keyword.</summary>
    public bool AtOpen(ReadOnlySpan<byte> word) =>
        Kind == TokenKind.Open && Ahead.Kind == TokenKind.Keyword && Text(Ahead).SequenceEqual(word);

    public bool TryKeyword(ReadOnlySpan<byte> word)
    {
        if (!IsKeyword(word)) return false;
        Advance();
        return true;
    }

    public bool TryOpen(ReadOnlySpan<byte> word)
    {
        if (!AtOpen(word)) return false;
        Advance();
        Advance();
        return true;
    }

    public void Open(ReadOnlySpan<byte> word)
    {
        if (!TryOpen(word)) throw Unexpected(Kind == TokenKind.Open ? Ahead : Current);
    }

    public void Open() => Expect(TokenKind.Open);

    public Token Close() => Expect(TokenKind.Close);

    public Token Expect(TokenKind kind) => Kind == kind ? Advance() : throw Unexpected();

    /// <summary>The name of an identifier, if there is one here; sigil, quotes and escapes are gone.</summary>
    public string? TryIdentifier() => Kind == TokenKind.Identifier ? IdentifierName(Advance()) : null;

    public string IdentifierName(Token token) => _text[token.Start + 1] == '"'
        ? System.Text.Encoding.UTF8.GetString(_lexer.StringBytes(token with { Start = token.Start + 1 }))
        : System.Text.Encoding.UTF8.GetString(_text, token.Start + 1, token.End - token.Start - 1);

    /// <summary>The bytes of a string.</summary>
    public byte[] StringBytes() => _lexer.StringBytes(Expect(TokenKind.String));

    /// <summary>A string that must be a name: UTF-8.</summary>
    public string Name()
    {
        var start = Current.Start;
        var bytes = StringBytes();
        return bytes.Length > WasmLimits.MaxNameLength
            ? throw Source.Error($"name of {bytes.Length} bytes, the limit is {WasmLimits.MaxNameLength}", start)
            : SourceText.Decode(bytes) ?? throw Source.Error("malformed UTF-8 encoding", start);
    }

    /// <summary>The bytes of all strings that follow, in one piece.</summary>
    public byte[] Strings()
    {
        if (Kind != TokenKind.String) return [];
        var first = StringBytes();
        if (Kind != TokenKind.String) return first;
        var buffer = new ByteWriter();
        buffer.Bytes(first);
        while (Kind == TokenKind.String) buffer.Bytes(StringBytes());
        return buffer.Written.ToArray();
    }

    /// <summary>An unsigned 32-bit integer.</summary>
    public uint U32() => (uint)Natural(32);

    /// <summary>An unsigned 64-bit integer.</summary>
    public ulong U64() => Natural(64);

    /// <summary>Steps over everything up to the parenthesis that closes <paramref name="depth"/> open ones.</summary>
    public void SkipClosing(int depth)
    {
        while (depth > 0)
        {
            if (Kind == TokenKind.End) throw Unexpected();
            if (Kind == TokenKind.Open) depth++;
            if (Kind == TokenKind.Close) depth--;
            Advance();
        }
    }

    /// <summary>The error for the current token.</summary>
    public WasmFormatException Unexpected() => Unexpected(Current);

    /// <summary>The error for a token where the grammar wants another one.</summary>
    public WasmFormatException Unexpected(Token token)
    {
        if (token.Kind == TokenKind.Keyword && !Keywords.IsKnown(Text(token))) return _lexer.Unknown(token.Start);
        return Source.Error($"unexpected token {Show(token)}", token.Start);
    }

    private ulong Natural(int bits)
    {
        var token = Expect(TokenKind.Natural);
        return Literals.Integer(Text(token), bits) ?? throw Source.Error($"i{bits} constant out of range", token.Start);
    }
}
