using System.Buffers;
using TensorWasm.Ptx.Diagnostics;

namespace TensorWasm.Ptx.Syntax;

/// <summary>Splits PTX text into tokens in one pass over it (PTX ISA 4.1 to 4.6).</summary>
internal sealed class Lexer(string text, PtxLimits limits, DiagnosticBag diagnostics)
{
    private static readonly SearchValues<char> WordCharacters =
        SearchValues.Create("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_$");

    private int _at;
    private int _line = 1;
    private int _lineStart;

    public string Text => text;

    public Token Next()
    {
        SkipTrivia();
        int start = _at;
        var position = new SourcePosition(_line, start - _lineStart + 1);
        if (start >= text.Length)
        {
            return new Token(TokenKind.End, start, 0, position);
        }

        TokenKind kind = Scan(text[start], position);
        return new Token(kind, start, _at - start, position);
    }

    private TokenKind Scan(char c, SourcePosition position)
    {
        if (char.IsAsciiLetter(c) || c is '_' or '$' or '%')
        {
            int start = _at++;
            TakeWord();
            return c == '_' && _at == start + 1 ? TokenKind.Underscore : TokenKind.Identifier;
        }

        if (char.IsAsciiDigit(c))
        {
            return ScanNumber();
        }

        if (c == '.')
        {
            return ScanDotWord(position);
        }

        if (c == '"')
        {
            return ScanString(position);
        }

        _at++;
        TokenKind kind = Punctuation(c);
        if (kind == TokenKind.Invalid)
        {
            diagnostics.Add(
                PtxDiagnosticId.InvalidCharacter, position, "", $"the character U+{(int)c:X4} has no meaning in PTX");
        }

        return kind;
    }

    private static TokenKind Punctuation(char c) => c switch
    {
        ',' => TokenKind.Comma,
        ';' => TokenKind.Semicolon,
        ':' => TokenKind.Colon,
        '{' => TokenKind.OpenBrace,
        '}' => TokenKind.CloseBrace,
        '(' => TokenKind.OpenParen,
        ')' => TokenKind.CloseParen,
        '[' => TokenKind.OpenBracket,
        ']' => TokenKind.CloseBracket,
        '<' => TokenKind.Less,
        '>' => TokenKind.Greater,
        '=' => TokenKind.Equals,
        '+' => TokenKind.Plus,
        '-' => TokenKind.Minus,
        '@' => TokenKind.At,
        '!' => TokenKind.Bang,
        '|' => TokenKind.Pipe,
        '~' => TokenKind.Tilde,
        _ => TokenKind.Invalid,
    };

    private void TakeWord()
    {
        int length = text.AsSpan(_at).IndexOfAnyExcept(WordCharacters);
        _at = length < 0 ? text.Length : _at + length;
    }

    private TokenKind ScanDotWord(SourcePosition position)
    {
        _at++;
        int start = _at;
        TakeWord();
        while (_at > start && _at + 2 < text.Length && text[_at] == ':' && text[_at + 1] == ':'
            && WordCharacters.Contains(text[_at + 2]))
        {
            _at += 2;
            TakeWord();
        }

        if (_at > start)
        {
            return TokenKind.DotWord;
        }

        diagnostics.Add(PtxDiagnosticId.Syntax, position, "", "a '.' must be followed by a word");
        return TokenKind.Invalid;
    }

    /// <summary>Takes the longest run that could be a number; its value is judged where it is used.</summary>
    private TokenKind ScanNumber()
    {
        bool hex = text[_at] == '0' && _at + 1 < text.Length && text[_at + 1] is 'x' or 'X';
        bool bits = text[_at] == '0' && _at + 1 < text.Length && text[_at + 1] is 'f' or 'F' or 'd' or 'D';
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
        if (_at < text.Length && text[_at] == '.')
        {
            isFloat = true;
            _at++;
            TakeWord();
        }

        // An exponent's sign ends the word: 1e-3 arrives as "1e", "-", "3".
        if (_at < text.Length && text[_at] is '+' or '-' && text[_at - 1] is 'e' or 'E')
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
        while (_at < text.Length && text[_at] != '"' && text[_at] != '\n')
        {
            _at += text[_at] == '\\' && _at + 1 < text.Length && text[_at + 1] != '\n' ? 2 : 1;
        }

        if (_at < text.Length && text[_at] == '"')
        {
            _at++;
            return TokenKind.String;
        }

        diagnostics.Add(PtxDiagnosticId.Syntax, position, "", "the string does not end on its line");
        return TokenKind.Invalid;
    }

    private void SkipTrivia()
    {
        while (_at < text.Length)
        {
            char c = text[_at];
            if (c == '\n')
            {
                NextLine();
            }
            else if (c is ' ' or '\t' or '\r' or '\f' or '\v')
            {
                _at++;
            }
            else if (c == '/' && _at + 1 < text.Length && text[_at + 1] == '/')
            {
                int end = text.AsSpan(_at).IndexOf('\n');
                _at = end < 0 ? text.Length : _at + end;
            }
            else if (c == '/' && _at + 1 < text.Length && text[_at + 1] == '*')
            {
                SkipBlockComment();
            }
            else if (c == '#' && text.AsSpan(_lineStart, _at - _lineStart).IsWhiteSpace())
            {
                // A preprocessor line (# 12 "file") carries nothing but a source position.
                int end = text.AsSpan(_at).IndexOf('\n');
                _at = end < 0 ? text.Length : _at + end;
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
        while (_at < text.Length)
        {
            if (text[_at] == '*' && _at + 1 < text.Length && text[_at + 1] == '/')
            {
                _at += 2;
                return;
            }

            if (text[_at] == '\n')
            {
                NextLine();
            }
            else
            {
                _at++;
            }
        }

        diagnostics.Add(PtxDiagnosticId.Syntax, position, "", "the comment does not end");
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
        if (_at - _lineStart <= limits.MaxLineLength)
        {
            return;
        }

        diagnostics.Add(
            PtxDiagnosticId.Limit,
            new SourcePosition(_line, 1),
            "",
            $"the line is longer than {limits.MaxLineLength} characters");
        // Nothing after such a line is worth reading: the text is no compiler's.
        _at = text.Length;
        _lineStart = _at;
    }
}
