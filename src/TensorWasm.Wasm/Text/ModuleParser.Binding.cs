namespace TensorWasm.Wasm.Text;

/// <content>The first pass: which fields there are, and their identifiers.</content>
internal sealed partial class ModuleParser
{
    // The kind of the first definition seen; imports must come before all of them.
    private string? _defined;

    private void BindFields()
    {
        while (true)
        {
            if (_reader.Current.Annotation >= 0) Annotations.CustomsBefore(_reader, _customs);
            if (_reader.Kind is TokenKind.Close or TokenKind.End) return;
            var start = _reader.Current.Start;
            _reader.Open();
            var keyword = FieldOf(_reader, _reader.Current) ?? throw _reader.Unexpected();
            _reader.Advance();
            _fields.Add(new ModuleField(keyword, start));
            BindField(keyword, start);
        }
    }

    private void BindField(FieldKeyword keyword, int start)
    {
        switch (keyword)
        {
            case FieldKeyword.Type:
                _groups.Add(new RecursionGroup(TypeSpace.Count, 1));
                TypeSpace.Bind(_reader);
                break;
            case FieldKeyword.Rec:
                BindGroup();
                return;
            case FieldKeyword.Import:
                BindImport(start);
                return;
            case FieldKeyword.Func:
                BindDefinition(FunctionSpace, "function", start);
                return;
            case FieldKeyword.Table:
                BindDefinition(TableSpace, "table", start);
                return;
            case FieldKeyword.Memory:
                BindDefinition(MemorySpace, "memory", start);
                return;
            case FieldKeyword.Global:
                BindDefinition(GlobalSpace, "global", start);
                return;
            case FieldKeyword.Tag:
                BindDefinition(TagSpace, "tag", start);
                return;
            case FieldKeyword.Elem:
                ElementSpace.Bind(_reader);
                break;
            case FieldKeyword.Data:
                DataSpace.Bind(_reader);
                break;
            default:
                break;
        }
        _reader.SkipClosing(1);
    }

    private void BindGroup()
    {
        var first = TypeSpace.Count;
        while (_reader.Kind != TokenKind.Close)
        {
            _reader.Open("type"u8);
            TypeSpace.Bind(_reader);
            _reader.SkipClosing(1);
        }
        _reader.Close();
        _groups.Add(new RecursionGroup(first, TypeSpace.Count - first));
    }

    private void BindImport(int start)
    {
        RefuseLateImport(start);
        _reader.Expect(TokenKind.String);
        _reader.Expect(TokenKind.String);
        _reader.Open();
        var (_, space) = ParseExternalKind();
        space.Bind(_reader);
        _reader.SkipClosing(2);
    }

    /// <summary>
    /// Binds a definition that an abbreviation may turn into an import, and the segment that another one may hold.
    /// </summary>
    private void BindDefinition(IndexSpace space, string what, int start)
    {
        space.Bind(_reader);
        while (_reader.TryOpen("export"u8)) _reader.SkipClosing(1);
        if (_reader.AtOpen("import"u8))
        {
            RefuseLateImport(start);
        }
        else
        {
            _defined ??= what;
            var isTable = space == TableSpace;
            if (isTable || space == MemorySpace) BindInlineSegment(isTable);
        }
        _reader.SkipClosing(1);
    }

    private void BindInlineSegment(bool isTable)
    {
        while (_reader.Kind is not (TokenKind.Close or TokenKind.End))
        {
            if (_reader.AtOpen(isTable ? "elem"u8 : "data"u8)) (isTable ? ElementSpace : DataSpace).BindAnonymous();
            if (_reader.Advance().Kind == TokenKind.Open) _reader.SkipClosing(1);
        }
    }

    private void RefuseLateImport(int start)
    {
        if (_defined is not null) throw _reader.Source.Error($"import after {_defined}", start);
    }

    /// <summary>The kind of field that a keyword begins.</summary>
    public static FieldKeyword? FieldOf(TokenReader reader, Token token) =>
        token.Kind != TokenKind.Keyword ? null : reader.TextOf(token) switch
        {
            "type" => FieldKeyword.Type,
            "rec" => FieldKeyword.Rec,
            "import" => FieldKeyword.Import,
            "func" => FieldKeyword.Func,
            "table" => FieldKeyword.Table,
            "memory" => FieldKeyword.Memory,
            "global" => FieldKeyword.Global,
            "tag" => FieldKeyword.Tag,
            "export" => FieldKeyword.Export,
            "start" => FieldKeyword.Start,
            "elem" => FieldKeyword.Elem,
            "data" => FieldKeyword.Data,
            _ => null,
        };
}
