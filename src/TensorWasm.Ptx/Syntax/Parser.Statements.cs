namespace TensorWasm.Ptx.Syntax;

/// <summary>Function bodies: scopes, labels, declarations and instructions (PTX ISA 4.3).</summary>
internal ref partial struct Parser
{
    private BlockSyntax ParseBlock()
    {
        SourcePosition position = _token.Position;
        Expect(TokenKind.OpenBrace, "'{'");
        Enter();
        List<SyntaxNode> statements = [];
        int depth = _nesting;
        int operands = _operandCount;
        while (!Is(TokenKind.CloseBrace) && !Is(TokenKind.End) && !_diagnostics.IsFull)
        {
            string instruction = "";
            try
            {
                if (ParseStatement(ref instruction) is { } statement)
                {
                    statements.Add(statement);
                }
            }
            catch (ParseFailure failure) when (failure.Id != Diagnostics.PtxDiagnosticId.Limit)
            {
                Report(failure, instruction);
                _nesting = depth;
                _operandCount = operands;
                Recover();
            }
        }

        Expect(TokenKind.CloseBrace, "'}' at the end of the scope");
        _nesting--;
        return new BlockSyntax(statements, position);
    }

    private SyntaxNode? ParseStatement(ref string instruction)
    {
        SourcePosition position = _token.Position;
        switch (_token.Kind)
        {
            case TokenKind.Semicolon:
                Advance();
                return null;
            case TokenKind.OpenBrace:
                return ParseBlock();
            case TokenKind.At:
                return ParseInstruction(ParseGuard(), ref instruction);
            case TokenKind.Identifier when Ahead() == TokenKind.Colon:
                string label = ExpectIdentifier("a label");
                CountSymbol();
                Advance();
                return new LabelSyntax(label, position);
            case TokenKind.Identifier:
                return ParseInstruction(null, ref instruction);
            case TokenKind.DotWord:
                return ParseBodyDirective(position, ref instruction);
            default:
                throw Unexpected("a statement");
        }
    }

    private SyntaxNode ParseBodyDirective(SourcePosition position, ref string instruction)
    {
        instruction = Word();
        if (TryTakeWord(".loc"))
        {
            return ParseLoc(position);
        }

        if (TryTakeWord(".reg"))
        {
            return ParseRegisters(position);
        }

        if (TryTakeWord(".pragma"))
        {
            return ParsePragma(position);
        }

        if (TryTakeWord(".branchtargets"))
        {
            List<string> labels = [];
            do
            {
                labels.Add(ExpectIdentifier("a label"));
                CheckLength(labels.Count);
            }
            while (TryTake(TokenKind.Comma));
            Expect(TokenKind.Semicolon, "';'");
            return new BranchTargetsSyntax(labels, position);
        }

        return ParseVariable(ParseLinkage(), position);
    }

    private GuardSyntax ParseGuard()
    {
        SourcePosition position = _token.Position;
        Expect(TokenKind.At, "'@'");
        bool negated = TryTake(TokenKind.Bang);
        return new GuardSyntax(ExpectIdentifier("a predicate register"), negated, position);
    }

    private InstructionSyntax ParseInstruction(GuardSyntax? guard, ref string instruction)
    {
        SourcePosition position = _token.Position;
        if (++_instructions > _limits.MaxInstructions)
        {
            throw OverLimit($"the module has more than {_limits.MaxInstructions} instructions");
        }

        string opcode = ParseOpcode();
        instruction = opcode;
        int first = _operandCount;
        if (!Is(TokenKind.Semicolon))
        {
            do
            {
                Keep(ParseOperand(), first);
            }
            while (TryTake(TokenKind.Comma));
        }

        Expect(TokenKind.Semicolon, "';'");
        return new InstructionSyntax(guard, opcode, TakeOperands(first), guard?.Position ?? position);
    }

    /// <summary>Takes the opcode and its suffixes, which stand without spaces between them, as one slice.</summary>
    private string ParseOpcode()
    {
        if (!Is(TokenKind.Identifier))
        {
            throw Unexpected("an instruction");
        }

        int start = _token.Start;
        int end = start + _token.Length;
        Advance();
        if (Is(TokenKind.DotWord) && _token.Start == end)
        {
            end = _lexer.TakeSuffixes();
            Advance();
        }

        return _texts.Get(_lexer.Text[start..end]);
    }
}
