namespace TensorWasm.Ptx.Syntax;

/// <summary>Modules and their items (PTX ISA 11.1).</summary>
internal ref partial struct Parser
{
    public ModuleSyntax? ParseModule()
    {
        SourcePosition position = _token.Position;
        try
        {
            (int major, int minor) = ParseVersion();
            IReadOnlyList<string> targets = ParseTarget();
            int addressSize = ParseAddressSize();
            IReadOnlyList<SyntaxNode> items = ParseItems();
            return new ModuleSyntax(major, minor, targets, addressSize, items, position);
        }
        catch (ParseFailure failure)
        {
            Report(failure, "");
            return null;
        }
    }

    private (int Major, int Minor) ParseVersion()
    {
        if (!TryTakeWord(".version"))
        {
            throw Unexpected(".version, which must come first");
        }

        string text = Shown();
        int dot = text.IndexOf('.', StringComparison.Ordinal);
        if (!Is(TokenKind.Float) || dot < 0 || !int.TryParse(text.AsSpan(0, dot), out int major)
            || !int.TryParse(text.AsSpan(dot + 1), out int minor))
        {
            throw Unexpected("a version such as 8.0");
        }

        Advance();
        return (major, minor);
    }

    private List<string> ParseTarget()
    {
        if (!TryTakeWord(".target"))
        {
            throw Unexpected(".target, which must follow .version");
        }

        List<string> targets = [];
        do
        {
            targets.Add(ExpectIdentifier("a target such as sm_90"));
            CheckLength(targets.Count);
        }
        while (TryTake(TokenKind.Comma));
        return targets;
    }

    private int ParseAddressSize() =>
        // Without the directive, the address size is 32 (PTX ISA 11.1.3).
        TryTakeWord(".address_size") ? (int)Math.Clamp(ParseUnsigned("32 or 64"), 0, 1024) : 32;

    private List<SyntaxNode> ParseItems()
    {
        List<SyntaxNode> items = [];
        while (!Is(TokenKind.End) && !_diagnostics.IsFull)
        {
            try
            {
                if (ParseItem() is { } item)
                {
                    items.Add(item);
                }
            }
            catch (ParseFailure failure)
            {
                Report(failure, "");
                _nesting = 0;
                _operandCount = 0;
                Recover();
                TryTake(TokenKind.CloseBrace);
            }
        }

        return items;
    }

    private SyntaxNode? ParseItem()
    {
        SourcePosition position = _token.Position;
        if (TryTake(TokenKind.Semicolon))
        {
            return null;
        }

        if (TryTakeWord(".file"))
        {
            return ParseFile(position);
        }

        if (TryTakeWord(".section"))
        {
            return ParseSection(position);
        }

        if (TryTakeWord(".pragma"))
        {
            return ParsePragma(position);
        }

        Linkage linkage = ParseLinkage();
        if (TryTakeWord(".entry"))
        {
            return ParseFunction(linkage, isEntry: true, position);
        }

        if (TryTakeWord(".func"))
        {
            return ParseFunction(linkage, isEntry: false, position);
        }

        return ParseVariable(linkage, position);
    }

    private Linkage ParseLinkage() =>
        TryTakeWord(".visible") ? Linkage.Visible
        : TryTakeWord(".extern") ? Linkage.Extern
        : TryTakeWord(".weak") ? Linkage.Weak
        : TryTakeWord(".common") ? Linkage.Common
        : Linkage.None;

    private void CheckLength(int length)
    {
        if (length > _limits.MaxListLength)
        {
            throw OverLimit($"the list has more than {_limits.MaxListLength} elements");
        }
    }
}
