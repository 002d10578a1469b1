using TensorWasm.Ptx.Diagnostics;
using TensorWasm.Ptx.Isa;

namespace TensorWasm.Ptx.Syntax;

/// <summary>
/// Recursive-descent parser for PTX (PTX ISA 4). Recursion is bounded by <see cref="PtxLimits.MaxNesting"/>; every
/// token is looked at a constant number of times. Members are grouped by what they parse.
/// </summary>
internal ref partial struct Parser
{
    private readonly PtxLimits _limits;
    private readonly DiagnosticBag _diagnostics;
    private readonly TextPool _texts;
    private Lexer _lexer;

    /// <summary>Operands of the lists that are being read, the innermost last.</summary>
    private OperandSyntax[] _operands = new OperandSyntax[16];
    private int _operandCount;
    private Token _token;
    private Token _ahead;
    private bool _hasAhead;
    private int _nesting;
    private int _instructions;
    private int _symbols;

    public Parser(ReadOnlySpan<char> text, PtxLimits limits, DiagnosticBag diagnostics)
    {
        _limits = limits;
        _diagnostics = diagnostics;
        _texts = new TextPool(text.Length);
        _lexer = new Lexer(text, limits, diagnostics);
        _lexer.Next(out _token);
    }

    private readonly ReadOnlySpan<char> Span => _lexer.Text.Slice(_token.Start, _token.Length);

    /// <summary>The current token's text; equal texts share one string, since PTX repeats few names often.</summary>
    private readonly string Word() => _texts.Get(Span);

    private TokenKind Ahead()
    {
        if (!_hasAhead)
        {
            _lexer.Next(out _ahead);
            _hasAhead = true;
        }

        return _ahead.Kind;
    }

    private void Advance()
    {
        if (_hasAhead)
        {
            _token = _ahead;
            _hasAhead = false;
        }
        else
        {
            _lexer.Next(out _token);
        }
    }

    private bool Is(TokenKind kind) => _token.Kind == kind;

    private bool IsWord(string word) => _token.Kind == TokenKind.DotWord && Span.SequenceEqual(word);

    private bool TryTake(TokenKind kind)
    {
        if (_token.Kind != kind)
        {
            return false;
        }

        Advance();
        return true;
    }

    private bool TryTakeWord(string word)
    {
        if (!IsWord(word))
        {
            return false;
        }

        Advance();
        return true;
    }

    private void Expect(TokenKind kind, string what)
    {
        if (!TryTake(kind))
        {
            throw Unexpected(what);
        }
    }

    private string ExpectIdentifier(string what)
    {
        if (!Is(TokenKind.Identifier))
        {
            throw Unexpected(what);
        }

        string name = Word();
        Advance();
        return name;
    }

    private string ExpectDotWord(string what)
    {
        if (!Is(TokenKind.DotWord))
        {
            throw Unexpected(what);
        }

        string word = Word();
        Advance();
        return word;
    }

    private string ExpectString()
    {
        if (!Is(TokenKind.String))
        {
            throw Unexpected("a string");
        }

        string text = Span[1..^1].ToString();
        Advance();
        return text;
    }

    private ParseFailure Unexpected(string what)
    {
        string found = Is(TokenKind.End) ? "the end of the text" : $"'{Shown()}'";
        return new ParseFailure(PtxDiagnosticId.Syntax, _token.Position, $"expected {what}, found {found}");
    }

    private string Shown() => _token.Length <= 40 ? Span.ToString() : string.Concat(Span[..40], "...");

    private ParseFailure OverLimit(string what) => new(PtxDiagnosticId.Limit, _token.Position, what);

    private void Enter()
    {
        if (++_nesting > _limits.MaxNesting)
        {
            throw OverLimit($"scopes and lists are nested deeper than {_limits.MaxNesting}");
        }
    }

    private void CountSymbol()
    {
        if (++_symbols > _limits.MaxSymbols)
        {
            throw OverLimit($"the module declares more than {_limits.MaxSymbols} names");
        }
    }

    private void Report(ParseFailure failure, string instruction)
    {
        string reason = failure.Message;
        if (instruction.Length > 0 && RefusedOpcodes.Reason(instruction) is { } refusal)
        {
            _diagnostics.Add(PtxDiagnosticId.Refused, failure.Position, instruction, refusal);
            return;
        }

        _diagnostics.Add(failure.Id, failure.Position, instruction, reason);
    }

    /// <summary>Goes past the statement that failed: to after its ';', or to the brace that ends its scope.</summary>
    private void Recover()
    {
        int depth = 0;
        while (!Is(TokenKind.End))
        {
            if (Is(TokenKind.OpenBrace))
            {
                depth++;
            }
            else if (Is(TokenKind.CloseBrace))
            {
                if (depth == 0)
                {
                    return;
                }

                depth--;
            }
            else if (Is(TokenKind.Semicolon) && depth == 0)
            {
                Advance();
                return;
            }

            Advance();
        }
    }
}
