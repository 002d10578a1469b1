using TensorWasm.Ptx.Diagnostics;

namespace TensorWasm.Ptx.Syntax;

/// <summary>Functions, parameters, variables and registers (PTX ISA 5.4, 11.2 and 11.4).</summary>
internal ref partial struct Parser
{
    private FunctionSyntax ParseFunction(Linkage linkage, bool isEntry, SourcePosition position)
    {
        List<ParameterSyntax> returns = !isEntry && Is(TokenKind.OpenParen) ? ParseParameters() : [];
        string name = ExpectIdentifier("a function name");
        CountSymbol();
        List<ParameterSyntax> parameters = Is(TokenKind.OpenParen) ? ParseParameters() : [];
        List<FunctionDirectiveSyntax> directives = ParseFunctionDirectives();
        BlockSyntax? body = null;
        if (Is(TokenKind.OpenBrace))
        {
            body = ParseBlock();
        }
        else
        {
            Expect(TokenKind.Semicolon, "'{' or ';'");
        }

        return new FunctionSyntax(linkage, isEntry, returns, name, parameters, directives, body, position);
    }

    private List<ParameterSyntax> ParseParameters()
    {
        Expect(TokenKind.OpenParen, "'('");
        List<ParameterSyntax> parameters = [];
        if (TryTake(TokenKind.CloseParen))
        {
            return parameters;
        }

        do
        {
            parameters.Add(ParseParameter());
            CheckLength(parameters.Count);
        }
        while (TryTake(TokenKind.Comma));
        Expect(TokenKind.CloseParen, "')'");
        return parameters;
    }

    private ParameterSyntax ParseParameter()
    {
        SourcePosition position = _token.Position;
        string space = ExpectDotWord(".param or .reg");
        if (space is not (".param" or ".reg"))
        {
            throw new ParseFailure(PtxDiagnosticId.Syntax, position, "a parameter is declared with .param or .reg");
        }

        long alignment = TryTakeWord(".align") ? ParseUnsigned("an alignment") : 0;
        string type = ExpectDotWord("a type");
        PointerAttributeSyntax? pointer = null;
        SourcePosition at = _token.Position;
        if (TryTakeWord(".ptr"))
        {
            string pointee = Is(TokenKind.DotWord) && !IsWord(".align") ? ExpectDotWord("a state space") : "";
            pointer = new PointerAttributeSyntax(
                pointee, TryTakeWord(".align") ? ParseUnsigned("an alignment") : 0, at);
        }

        // Both ".param .align 8 .b8 x" and ".param .b8 .align 8 x" are seen.
        if (alignment == 0 && TryTakeWord(".align"))
        {
            alignment = ParseUnsigned("an alignment");
        }

        string name = ExpectIdentifier("a parameter name");
        CountSymbol();
        long? length = null;
        if (TryTake(TokenKind.OpenBracket))
        {
            length = ParseUnsigned("an array length");
            Expect(TokenKind.CloseBracket, "']'");
        }

        return new ParameterSyntax(space, alignment, type, pointer, name, length, position);
    }

    private List<FunctionDirectiveSyntax> ParseFunctionDirectives()
    {
        List<FunctionDirectiveSyntax> directives = [];
        while (Is(TokenKind.DotWord))
        {
            SourcePosition position = _token.Position;
            string name = Word();
            Advance();
            List<long> values = [];
            List<string> strings = [];
            if (name == ".pragma")
            {
                strings = ParseStrings();
                Expect(TokenKind.Semicolon, "';'");
            }
            else if (Is(TokenKind.Integer))
            {
                do
                {
                    values.Add(ParseUnsigned("a number"));
                    CheckLength(values.Count);
                }
                while (TryTake(TokenKind.Comma));
            }

            directives.Add(new FunctionDirectiveSyntax(name, values, strings, position));
            CheckLength(directives.Count);
        }

        return directives;
    }

    private VariableSyntax ParseVariable(Linkage linkage, SourcePosition position)
    {
        string space = ExpectDotWord("a state space, .entry or .func");
        long alignment = 0;
        int vector = 1;
        while (IsWord(".align") || IsWord(".v2") || IsWord(".v4") || IsWord(".v8"))
        {
            if (TryTakeWord(".align"))
            {
                alignment = ParseUnsigned("an alignment");
            }
            else
            {
                vector = Span[2] - '0';
                Advance();
            }
        }

        string type = ExpectDotWord("a type");
        string name = ExpectIdentifier("a variable name");
        CountSymbol();
        List<long?> dimensions = [];
        while (TryTake(TokenKind.OpenBracket))
        {
            dimensions.Add(Is(TokenKind.CloseBracket) ? null : ParseUnsigned("an array length"));
            Expect(TokenKind.CloseBracket, "']'");
            if (dimensions.Count > _limits.MaxNesting)
            {
                throw OverLimit($"the array has more than {_limits.MaxNesting} dimensions");
            }
        }

        InitializerSyntax? initializer = TryTake(TokenKind.Equals) ? ParseInitializer() : null;
        Expect(TokenKind.Semicolon, "';'");
        return new VariableSyntax(linkage, space, alignment, vector, type, name, dimensions, initializer, position);
    }

    private InitializerSyntax ParseInitializer()
    {
        SourcePosition position = _token.Position;
        if (!TryTake(TokenKind.OpenBrace))
        {
            return new InitializerSyntax(ParseInitializerValue(), null, position);
        }

        Enter();
        List<InitializerSyntax> elements = [];
        if (!Is(TokenKind.CloseBrace))
        {
            do
            {
                elements.Add(ParseInitializer());
                CheckLength(elements.Count);
            }
            while (TryTake(TokenKind.Comma));
        }

        Expect(TokenKind.CloseBrace, "'}'");
        _nesting--;
        return new InitializerSyntax(null, elements, position);
    }

    private OperandSyntax ParseInitializerValue()
    {
        SourcePosition position = _token.Position;
        if (!Is(TokenKind.Identifier))
        {
            return ParseImmediate();
        }

        string name = ExpectIdentifier("a value");
        if (name == "generic" && TryTake(TokenKind.OpenParen))
        {
            string target = ExpectIdentifier("a variable");
            Expect(TokenKind.CloseParen, "')'");
            return new GenericAddressSyntax(target, ParseOptionalOffset(), position);
        }

        return new NameSyntax(name, null, ParseOptionalOffset(), position);
    }

    private RegisterSyntax ParseRegisters(SourcePosition position)
    {
        string type = ExpectDotWord("a register type");
        List<RegisterNameSyntax> names = [];
        do
        {
            SourcePosition at = _token.Position;
            string name = ExpectIdentifier("a register name");
            CountSymbol();
            long? count = null;
            if (TryTake(TokenKind.Less))
            {
                count = ParseUnsigned("a register count");
                Expect(TokenKind.Greater, "'>'");
            }

            names.Add(new RegisterNameSyntax(name, count, at));
        }
        while (TryTake(TokenKind.Comma));
        Expect(TokenKind.Semicolon, "';'");
        return new RegisterSyntax(type, names, position);
    }
}
