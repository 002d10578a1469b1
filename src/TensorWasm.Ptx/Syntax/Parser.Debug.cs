using System.Text;

namespace TensorWasm.Ptx.Syntax;

/// <summary>Debugging directives and pragmas (PTX ISA 11.4.8 and 11.5).</summary>
internal ref partial struct Parser
{
    private FileSyntax ParseFile(SourcePosition position)
    {
        long index = ParseUnsigned("a file number");
        string name = ExpectString();
        List<long> extra = [];
        while (TryTake(TokenKind.Comma))
        {
            extra.Add(ParseUnsigned("a number"));
            CheckLength(extra.Count);
        }

        return new FileSyntax(index, name, extra, position);
    }

    private PragmaSyntax ParsePragma(SourcePosition position)
    {
        List<string> strings = ParseStrings();
        Expect(TokenKind.Semicolon, "';'");
        return new PragmaSyntax(strings, position);
    }

    private List<string> ParseStrings()
    {
        List<string> strings = [];
        do
        {
            strings.Add(ExpectString());
            CheckLength(strings.Count);
        }
        while (TryTake(TokenKind.Comma));
        return strings;
    }

    private LocSyntax ParseLoc(SourcePosition position)
    {
        long file = ParseUnsigned("a file number");
        long line = ParseUnsigned("a line number");
        long column = ParseUnsigned("a column number");
        string? function = null;
        long offset = 0;
        List<long> inlinedAt = [];
        while (TryTake(TokenKind.Comma))
        {
            string attribute = ExpectIdentifier("function_name or inlined_at");
            if (attribute == "function_name")
            {
                function = Is(TokenKind.DotWord) ? ExpectDotWord("a label") : ExpectIdentifier("a label");
                offset = ParseOptionalOffset();
            }
            else if (attribute == "inlined_at")
            {
                inlinedAt =
                [
                    ParseUnsigned("a file number"), ParseUnsigned("a line number"), ParseUnsigned("a column number"),
                ];
            }
            else
            {
                throw Unexpected("function_name or inlined_at");
            }
        }

        return new LocSyntax(file, line, column, function, offset, inlinedAt, position);
    }

    private SectionSyntax ParseSection(SourcePosition position)
    {
        string name = ExpectDotWord("a section name");
        Expect(TokenKind.OpenBrace, "'{'");
        List<string> lines = [];
        var line = new StringBuilder();
        int current = _token.Position.Line;
        while (!Is(TokenKind.CloseBrace))
        {
            if (Is(TokenKind.End) || Is(TokenKind.OpenBrace))
            {
                throw Unexpected("'}' at the end of the section");
            }

            if (_token.Position.Line != current && line.Length > 0)
            {
                lines.Add(line.ToString());
                line.Clear();
            }

            current = _token.Position.Line;
            AppendSectionToken(line);
            Advance();
        }

        if (line.Length > 0)
        {
            lines.Add(line.ToString());
        }

        Advance();
        return new SectionSyntax(name, lines, position);
    }

    private void AppendSectionToken(StringBuilder line)
    {
        // "label:" and "a,b" stay tight, everything else is one space apart: one form for one meaning.
        bool tight = _token.Kind is TokenKind.Colon or TokenKind.Comma;
        if (line.Length > 0 && !tight)
        {
            line.Append(' ');
        }

        line.Append(Span);
    }
}
