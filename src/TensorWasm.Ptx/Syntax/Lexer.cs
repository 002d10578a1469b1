using TensorWasm.Ptx.Diagnostics;

namespace TensorWasm.Ptx.Syntax;

/// <summary>Splits PTX text into tokens in one pass over it (PTX ISA 4.1 to 4.6).</summary>
internal ref struct Lexer
{
    private static readonly TokenKind[] Beginnings = Classify();

    private readonly ReadOnlySpan<char> _text;
    private readonly PtxLimits _limits;
    private readonly DiagnosticBag _diagnostics;
    private int _at;
    private int _line = 1;
    private int _lineStart;

    public Lexer(ReadOnlySpan<char> text, PtxLimits limits, DiagnosticBag diagnostics)
    {
        _text = text;
        _limits = limits;
        _diagnostics = diagnostics;
    }

    public readonly ReadOnlySpan<char> Text => _text;

    /// <summary>Reads the next token into its place.</summary>
    public void Next(out Token token)
    {
        SkipTrivia();
        int start = _at;
        var position = new SourcePosition(_line, start - _lineStart + 1);
        TokenKind kind = start < _text.Length ? Scan(_text[start], position) : TokenKind.End;
        token = new Token(kind, start, _at - start, position);
    }

    private TokenKind Scan(char c, SourcePosition position)
    {
        TokenKind kind = c < Beginnings.Length ? Beginnings[c] : TokenKind.Invalid;
        switch (kind)
        {
            case TokenKind.Identifier:
                _at++;
                TakeWord();
                return kind;
            case TokenKind.Underscore:
                int start = _at++;
                TakeWord();
                return _at == start + 1 ? kind : TokenKind.Identifier;
            case TokenKind.Integer:
                return ScanNumber();
            case TokenKind.DotWord:
                return ScanDotWord(position);
            case TokenKind.String:
                return ScanString(position);
            case TokenKind.Invalid:
                _at++;
                _diagnostics.Add(
                    PtxDiagnosticId.InvalidCharacter, position, "", $"the character U+{(int)c:X4} has no meaning in PTX");
                return kind;
            default:
                _at++;
                return kind;
        }
    }

    /// <summary>What a token can be by its first character.</summary>
    private static TokenKind[] Classify()
    {
        var kinds = new TokenKind[128];
        Array.Fill(kinds, TokenKind.Invalid);
        for (char c = '\0'; c < kinds.Length; c++)
        {
            if (IsOfWord(c))
            {
                kinds[c] = char.IsAsciiDigit(c) ? TokenKind.Integer : TokenKind.Identifier;
            }
        }

        kinds['%'] = TokenKind.Identifier;
        kinds['_'] = TokenKind.Underscore;
        kinds['.'] = TokenKind.DotWord;
        kinds['"'] = TokenKind.String;
        kinds[','] = TokenKind.Comma;
        kinds[';'] = TokenKind.Semicolon;
        kinds[':'] = TokenKind.Colon;
        kinds['{'] = TokenKind.OpenBrace;
        kinds['}'] = TokenKind.CloseBrace;
        kinds['('] = TokenKind.OpenParen;
        kinds[')'] = TokenKind.CloseParen;
        kinds['['] = TokenKind.OpenBracket;
        kinds[']'] = TokenKind.CloseBracket;
        kinds['<'] = TokenKind.Less;
        kinds['>'] = TokenKind.Greater;
        kinds['='] = TokenKind.Equals;
        kinds['+'] = TokenKind.Plus;
        kinds['-'] = TokenKind.Minus;
        kinds['@'] = TokenKind.At;
        kinds['!'] = TokenKind.Bang;
        kinds['|'] = TokenKind.Pipe;
        kinds['~'] = TokenKind.Tilde;
        return kinds;
    }

    /// <summary>Letters, digits, '_' and '$'. Words are short, so they are looked at character by character.</summary>
    private static bool IsOfWord(char c) => char.IsAsciiLetterOrDigit(c) || c is '_' or '$';

    private void TakeWord()
    {
        ReadOnlySpan<char> text = _text;
        int at = _at;
        while ((uint)at < (uint)text.Length && IsOfWord(text[at]))
        {
            at++;
        }

        _at = at;
    }

    /// <summary>
    /// Goes past the dot words that follow each other from here on, as suffixes of an opcode do; returns where they end.
    /// </summary>
    public int TakeSuffixes()
    {
        while (_at + 1 < _text.Length && _text[_at] == '.' && IsOfWord(_text[_at + 1]))
        {
            TakeDotWord();
        }

        return _at;
    }

    private TokenKind ScanDotWord(SourcePosition position)
    {
        if (TakeDotWord())
        {
            return TokenKind.DotWord;
        }

        _diagnostics.Add(PtxDiagnosticId.Syntax, position, "", "a '.' must be followed by a word");
        return TokenKind.Invalid;
    }

    /// <summary>Takes a dot and the word after it, with its "::" parts; false when there is no word.</summary>
    private bool TakeDotWord()
    {
        int start = ++_at;
        TakeWord();
        while (_at > start && _at + 2 < _text.Length && _text[_at] == ':' && _text[_at + 1] == ':'
            && IsOfWord(_text[_at + 2]))
        {
            _at += 2;
            TakeWord();
        }

        return _at > start;
    }

    /// <summary>Takes the longest run that could be a number; its value is judged where it is used.</summary>
    private TokenKind ScanNumber()
    {
        bool hex = _text[_at] == '0' && _at + 1 < _text.Length && _text[_at + 1] is 'x' or 'X';
        bool bits = _text[_at] == '0' && _at + 1 < _text.Length && _text[_at + 1] is 'f' or 'F' or 'd' or 'D';
        TakeWord();
        if (hex)
        {
            return TokenKind.Integer;
        }

        if (bits)
        {
            return TokenKind.Float;
        }

        bool isFloat = false;
        if (_at < _text.Length && _text[_at] == '.')
        {
            isFloat = true;
            _at++;
            TakeWord();
        }

        // An exponent's sign ends the word: 1e-3 arrives as "1e", "-", "3".
        if (_at < _text.Length && _text[_at] is '+' or '-' && _text[_at - 1] is 'e' or 'E')
        {
            isFloat = true;
            _at++;
            TakeWord();
        }

        return isFloat ? TokenKind.Float : TokenKind.Integer;
    }

    private TokenKind ScanString(SourcePosition position)
    {
        _at++;
        while (_at < _text.Length && _text[_at] != '"' && _text[_at] != '\n')
        {
            _at += _text[_at] == '\\' && _at + 1 < _text.Length && _text[_at + 1] != '\n' ? 2 : 1;
        }

        if (_at < _text.Length && _text[_at] == '"')
        {
            _at++;
            return TokenKind.String;
        }

        _diagnostics.Add(PtxDiagnosticId.Syntax, position, "", "the string does not end on its line");
        return TokenKind.Invalid;
    }

    private void SkipTrivia()
    {
        while (_at < _text.Length)
        {
            char c = _text[_at];
            if (c is ' ' or '\t')
            {
                _at++;
            }
            else if (c > '/')
            {
                break;
            }
            else if (c == '\n')
            {
                NextLine();
            }
            else if (c is '\r' or '\f' or '\v')
            {
                _at++;
            }
            else if (c == '/' && _at + 1 < _text.Length && _text[_at + 1] == '/')
            {
                int end = _text[_at..].IndexOf('\n');
                _at = end < 0 ? _text.Length : _at + end;
            }
            else if (c == '/' && _at + 1 < _text.Length && _text[_at + 1] == '*')
            {
                SkipBlockComment();
            }
            else if (c == '#' && _text[_lineStart.._at].IsWhiteSpace())
            {
                // A preprocessor line (# 12 "file") carries nothing but a source position.
                int end = _text[_at..].IndexOf('\n');
                _at = end < 0 ? _text.Length : _at + end;
            }
            else
            {
                break;
            }
        }

        CheckLineLength();
    }

    private void SkipBlockComment()
    {
        var position = new SourcePosition(_line, _at - _lineStart + 1);
        _at += 2;
        while (_at < _text.Length)
        {
            if (_text[_at] == '*' && _at + 1 < _text.Length && _text[_at + 1] == '/')
            {
                _at += 2;
                return;
            }

            if (_text[_at] == '\n')
            {
                NextLine();
            }
            else
            {
                _at++;
            }
        }

        _diagnostics.Add(PtxDiagnosticId.Syntax, position, "", "the comment does not end");
    }

    private void NextLine()
    {
        CheckLineLength();
        _at++;
        _line++;
        _lineStart = _at;
    }

    private void CheckLineLength()
    {
        if (_at - _lineStart <= _limits.MaxLineLength)
        {
            return;
        }

        _diagnostics.Add(
            PtxDiagnosticId.Limit,
            new SourcePosition(_line, 1),
            "",
            $"the line is longer than {_limits.MaxLineLength} characters");
        // Nothing after such a line is worth reading: the text is no compiler's.
        _at = _text.Length;
        _lineStart = _at;
    }
}
