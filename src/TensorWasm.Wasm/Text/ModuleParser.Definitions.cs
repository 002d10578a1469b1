namespace TensorWasm.Wasm.Text;

/// <content>Imports, functions, tables, memories, globals, tags.</content>
internal sealed partial class ModuleParser
{
    private void ParseImport()
    {
        var module = _reader.Name();
        var name = _reader.Name();
        _reader.Open();
        var (kind, _) = ParseExternalKind();
        _reader.TryIdentifier();
        AddImport(module, name, kind);
        _reader.Close();
    }

    /// <summary>Reads the type of an import and adds it.</summary>
    private void AddImport(string module, string name, ExternalKind kind)
    {
        int index;
        switch (kind)
        {
            case ExternalKind.Function:
                index = _functions.Count;
                var locals = new LocalSpace();
                _functions.Add(ParseTypeUse(locals));
                if (locals.Names is not null) Names.Locals[index] = locals.Names;
                break;
            case ExternalKind.Table:
                index = _tables.Count;
                _tables.Add(ParseTableType());
                break;
            case ExternalKind.Memory:
                index = _memories.Count;
                _memories.Add(ParseMemoryType());
                _importedMemories++;
                break;
            case ExternalKind.Global:
                index = _globals.Count;
                _globals.Add(ParseGlobalType());
                break;
            default:
                index = _tags.Count;
                _tags.Add(ParseTypeUse(new LocalSpace()));
                _importedTags++;
                break;
        }
        _imports.Add(new Import(module, name, kind, index));
    }

    /// <summary>Inline exports and an inline import; true if it was an import, which is then complete.</summary>
    private bool ParseInline(ExternalKind kind, int index)
    {
        _reader.TryIdentifier();
        while (_reader.TryOpen("export"u8))
        {
            _exports.Add(new Export(_reader.Name(), kind, index));
            _reader.Close();
        }
        if (!_reader.TryOpen("import"u8)) return false;
        var module = _reader.Name();
        var name = _reader.Name();
        _reader.Close();
        AddImport(module, name, kind);
        return true;
    }

    private void ParseFunction()
    {
        var index = _functions.Count;
        if (ParseInline(ExternalKind.Function, index)) return;
        var start = _reader.Current.Start;
        var locals = new LocalSpace();
        var type = ParseTypeUse(locals);
        _functions.Add(type);
        var groups = ParseLocals(locals, type, start);
        var code = _instructions.ParseBody(locals);
        Limit(code.Length, WasmLimits.MaxFunctionSize, "bytes of code", start);
        if (locals.Names is not null) Names.Locals[index] = locals.Names;
        if (_instructions.LabelNames is { } labels) Names.Labels[index] = labels;
        _bodies.Add(new FunctionBody(groups, code, 0));
    }

    private List<LocalGroup> ParseLocals(LocalSpace locals, int type, int start)
    {
        var groups = new List<LocalGroup>();
        var count = type < _types.Count && _types[type].Composite is FunctionType known ? known.Parameters.Count : 0;
        while (_reader.TryOpen("local"u8))
        {
            if (locals.TryBind(_reader, count))
            {
                Add(ParseValueType());
            }
            else
            {
                while (_reader.Kind != TokenKind.Close) Add(ParseValueType());
            }
            _reader.Close();
            Limit(count, WasmLimits.MaxLocals, "locals", start);
        }

        // A type that a later definition appends is not there yet, so nobody knows where these locals start.
        if (type >= _types.Count && locals.Names is not null) throw UnknownType(type, start);
        return groups;

        void Add(ValueType type)
        {
            count++;
            if (groups.Count > 0 && groups[^1].Type == type)
            {
                groups[^1] = groups[^1] with { Count = groups[^1].Count + 1 };
            }
            else groups.Add(new LocalGroup(1, type));
        }
    }

    private void ParseTable()
    {
        var index = _tables.Count;
        if (ParseInline(ExternalKind.Table, index)) return;
        var is64 = ParseAddressType();
        if (_reader.Kind != TokenKind.Natural)
        {
            ParseTableOfElements(index, is64);
            return;
        }
        _tables.Add(new TableType(default, ParseLimits(is64)));
        _tables[^1] = _tables[^1] with { Element = ParseReferenceType() };
        _tableInitializers.Add(_reader.Kind == TokenKind.Close ? null : ParseExpression());
    }

    /// <summary><c>(table t (elem ...))</c>: a table that fits its only segment.</summary>
    private void ParseTableOfElements(int index, bool is64)
    {
        var type = ParseReferenceType();
        _reader.Open("elem"u8);
        var segment = ParseElements(type, _reader.Kind != TokenKind.Open);
        _reader.Close();
        var size = (ulong)segment.Count;
        _tables.Add(new TableType(type, new Limits(size, size, is64)));
        _tableInitializers.Add(null);
        _elements.Add(segment with { Mode = SegmentMode.Active, Table = index, TableOffset = Zero(is64) });
    }

    private void ParseMemory()
    {
        var index = _memories.Count;
        if (ParseInline(ExternalKind.Memory, index)) return;
        if (_reader.Ahead.Kind != TokenKind.Natural && _reader.Kind != TokenKind.Natural)
        {
            var is64 = ParseAddressType();
            _reader.Open("data"u8);
            var bytes = _reader.Strings();
            _reader.Close();
            var pages = ((ulong)bytes.Length + MemoryType.PageSize - 1) / MemoryType.PageSize;
            _memories.Add(new MemoryType(new Limits(pages, pages, is64)));
            _data.Add(new DataSegment(SegmentMode.Active, index, Zero(is64), bytes));
            return;
        }
        _memories.Add(ParseMemoryType());
    }

    private void ParseGlobal()
    {
        if (ParseInline(ExternalKind.Global, _globals.Count)) return;
        _globals.Add(ParseGlobalType());
        _globalInitializers.Add(ParseExpression());
    }

    private void ParseTag()
    {
        if (ParseInline(ExternalKind.Tag, _tags.Count)) return;
        _tags.Add(ParseTypeUse(new LocalSpace()));
    }

    private TableType ParseTableType()
    {
        var limits = ParseLimits(ParseAddressType());
        return new TableType(ParseReferenceType(), limits);
    }

    private MemoryType ParseMemoryType()
    {
        var limits = ParseLimits(ParseAddressType());
        return new MemoryType(limits, _reader.TryKeyword("shared"u8));
    }

    private GlobalType ParseGlobalType()
    {
        if (!_reader.TryOpen("mut"u8)) return new GlobalType(ParseValueType(), false);
        var type = ParseValueType();
        _reader.Close();
        return new GlobalType(type, true);
    }

    private bool ParseAddressType()
    {
        if (_reader.TryKeyword("i64"u8)) return true;
        _reader.TryKeyword("i32"u8);
        return false;
    }

    private Limits ParseLimits(bool is64)
    {
        var minimum = _reader.U64();
        return new Limits(minimum, _reader.Kind == TokenKind.Natural ? _reader.U64() : null, is64);
    }

    /// <summary>A constant expression up to the closing parenthesis.</summary>
    private ConstantExpression ParseExpression() => new(_instructions.ParseExpression(), 0);

    private static ConstantExpression Zero(bool is64) =>
        new(new byte[] { (byte)(is64 ? Opcode.I64Const : Opcode.I32Const), 0, (byte)Opcode.End }, 0);
}
