namespace TensorWasm.Ptx.Syntax;

/// <summary>Instruction operands (PTX ISA 6).</summary>
internal ref partial struct Parser
{
    private OperandSyntax ParseOperand()
    {
        SourcePosition position = _token.Position;
        OperandSyntax first = ParseSingleOperand();
        return TryTake(TokenKind.Pipe) ? new PairSyntax(first, ParseSingleOperand(), position) : first;
    }

    private OperandSyntax ParseSingleOperand()
    {
        SourcePosition position = _token.Position;
        switch (_token.Kind)
        {
            case TokenKind.Underscore:
                Advance();
                return new SinkSyntax(position);
            case TokenKind.Identifier:
                return ParseName();
            case TokenKind.Bang:
                Advance();
                return new NegatedSyntax(ExpectIdentifier("a predicate register"), position);
            case TokenKind.OpenBracket:
                return ParseAddress();
            case TokenKind.OpenBrace:
                return new VectorSyntax(ParseList(TokenKind.OpenBrace, TokenKind.CloseBrace, "'}'"), position);
            case TokenKind.OpenParen:
                return new ArgumentListSyntax(ParseList(TokenKind.OpenParen, TokenKind.CloseParen, "')'"), position);
            case TokenKind.Integer:
            case TokenKind.Float:
            case TokenKind.Minus:
                return ParseImmediate();
            default:
                throw Unexpected("an operand");
        }
    }

    private ArrayView<OperandSyntax> ParseList(TokenKind open, TokenKind close, string what)
    {
        Expect(open, "a list");
        Enter();
        int first = _operandCount;
        if (!Is(close))
        {
            do
            {
                Keep(ParseSingleOperand(), first);
            }
            while (TryTake(TokenKind.Comma));
        }

        Expect(close, what);
        _nesting--;
        return TakeOperands(first);
    }

    /// <summary>Adds an operand to a list whose first one has an index.</summary>
    private void Keep(OperandSyntax operand, int first)
    {
        if (_operandCount == _operands.Length)
        {
            Array.Resize(ref _operands, _operandCount * 2);
        }

        // Through a span, since an array asks at each store whether it is one of a derived type.
        _operands.AsSpan()[_operandCount++] = operand;
        CheckLength(_operandCount - first);
    }

    private ArrayView<OperandSyntax> TakeOperands(int first)
    {
        ArrayView<OperandSyntax> taken = new(_operands[first.._operandCount]);
        _operandCount = first;
        return taken;
    }

    private NameSyntax ParseName()
    {
        SourcePosition position = _token.Position;
        string name = ExpectIdentifier("a name");
        string? component = null;
        if (Is(TokenKind.DotWord))
        {
            component = Word();
            Advance();
        }

        return new NameSyntax(name, component, ParseOptionalOffset(), position);
    }

    private AddressSyntax ParseAddress()
    {
        SourcePosition position = _token.Position;
        Expect(TokenKind.OpenBracket, "'['");
        string? name = null;
        long offset = 0;
        if (Is(TokenKind.Identifier))
        {
            name = ExpectIdentifier("an address");
            offset = ParseOptionalOffset();
        }
        else
        {
            ImmediateSyntax value = ParseImmediate();
            if (!value.IsInteger)
            {
                throw Unexpected("an integer address");
            }

            offset = unchecked((long)value.Bits);
        }

        Expect(TokenKind.CloseBracket, "']'");
        return new AddressSyntax(name, offset, position);
    }

    /// <summary>Parses <c>+ n</c>, <c>- n</c>, <c>+ -n</c> or nothing.</summary>
    private long ParseOptionalOffset()
    {
        if (Is(TokenKind.Plus))
        {
            Advance();
            bool negative = TryTake(TokenKind.Minus);
            long value = ParseUnsigned("an offset");
            return negative ? unchecked(-value) : value;
        }

        if (Is(TokenKind.Minus))
        {
            Advance();
            return unchecked(-ParseUnsigned("an offset"));
        }

        return 0;
    }
}
