namespace TensorWasm.Wasm.Text;

/// <content>Annotations (section 6.3.5): any tokens in balanced parentheses.</content>
internal sealed partial class Lexer
{
    /// <summary>The custom and name annotations before a token, each from its id to its closing parenthesis.</summary>
    public static IEnumerable<TokenReader> AnnotationsBefore(TokenReader reader)
    {
        var (source, token) = (reader.Source, reader.Current);
        if (token.Annotation < 0) yield break;
        var lexer = new Lexer(source, token.Start) { Position = token.Annotation };
        while (lexer.NextAnnotation() is var start and >= 0)
        {
            yield return new TokenReader(source, start + 2, lexer.Position);
        }
    }

    /// <summary>Steps behind the next annotation that means something and returns where it starts, or -1.</summary>
    private int NextAnnotation()
    {
        for (_annotation = -1; _annotation < 0 && Position < _end;)
        {
            if (_text[Position] == '(' && Follows((byte)'@')) SkipAnnotation();
            else if (_text[Position] == '(') SkipBlockComment();
            else if (_text[Position] == ';') SkipLineComment();
            else Position++;
        }
        return _annotation;
    }

    private void SkipAnnotation()
    {
        var start = Position;
        Position += 2;
        ScanName("empty annotation id", start);
        var id = _text.AsSpan(start + 2, Position - start - 2);
        if (_annotation < 0 && (IsNamed(id, "custom"u8) || IsNamed(id, "name"u8))) _annotation = start;
        var depth = 1;
        while (depth > 0)
        {
            if (Position >= _end) throw source.Error("unclosed annotation", start);
            var next = _text[Position];
            switch (next)
            {
                case (byte)'(' when Follows((byte)';'):
                    SkipBlockComment();
                    break;
                case (byte)';' when Follows((byte)';'):
                    SkipLineComment();
                    break;
                case (byte)'(':
                    depth++;
                    Position++;
                    break;
                case (byte)')':
                    depth--;
                    Position++;
                    break;
                case (byte)'"':
                    ScanString();
                    break;
                case (byte)' ' or (byte)'\t' or (byte)'\n' or (byte)'\r':
                    Position++;
                    break;
                default:
                    if (!Characters.IsReserved(next)) throw Illegal(Position);
                    Position++;
                    break;
            }
        }
    }

    private static bool IsNamed(ReadOnlySpan<byte> id, ReadOnlySpan<byte> name) =>
        id.SequenceEqual(name) || (id.Length == name.Length + 2 && id[0] == '"' && id[1..^1].SequenceEqual(name));

    /// <summary>The name of an identifier or annotation, behind its sigil: plain characters, or a string.</summary>
    private void ScanName(string errorIfEmpty, int start)
    {
        var name = Position;
        if (Position < _end && _text[Position] == '"')
        {
            // A name may not hold what its string may not; the specification's lexer then sees a lone sigil.
            if (!TryScanString(out _, out _) || Position == name + 2) throw source.Error(errorIfEmpty, start);
            if (SourceText.Decode(StringBytes(name, Position)) is null)
            {
                throw source.Error("malformed UTF-8 encoding", start);
            }
            return;
        }
        SkipName();
        if (Position == name) throw source.Error(errorIfEmpty, start);
    }
}
