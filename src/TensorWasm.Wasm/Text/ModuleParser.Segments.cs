namespace TensorWasm.Wasm.Text;

/// <content>Element and data segments (sections 6.6.7 and 6.6.8).</content>
internal sealed partial class ModuleParser
{
    // What elements have that are written as function indices: a reference to a function, never null.
    private static readonly ValueType FunctionElement = ValueType.Ref(HeapType.Func, nullable: false);

    private void ParseElementSegment()
    {
        _reader.TryIdentifier();
        if (_reader.TryKeyword("declare"u8))
        {
            _elements.Add(ParseElementList() with { Mode = SegmentMode.Declarative });
            return;
        }
        if (_reader.Kind != TokenKind.Open || _reader.AtOpen("ref"u8))
        {
            _elements.Add(ParseElementList());
            return;
        }
        int? table = null;
        if (_reader.TryOpen("table"u8))
        {
            table = TableSpace.ResolveIndex(_reader);
            _reader.Close();
        }
        var offset = ParseOffset();
        var plainIndices = table is null
            && _reader.Kind is TokenKind.Natural or TokenKind.Identifier or TokenKind.Close;
        var list = plainIndices ? ParseElements(FunctionElement, indices: true) : ParseElementList();
        _elements.Add(list with { Mode = SegmentMode.Active, Table = table ?? 0, TableOffset = offset });
    }

    /// <summary><c>func x*</c>, or a reference type and expressions.</summary>
    private ElementSegment ParseElementList() => _reader.TryKeyword("func"u8)
        ? ParseElements(FunctionElement, indices: true)
        : ParseElements(ParseReferenceType(), indices: false);

    /// <summary>Elements up to the closing parenthesis, as a passive segment.</summary>
    private ElementSegment ParseElements(ValueType type, bool indices)
    {
        var start = _reader.Current.Start;
        if (!indices)
        {
            var expressions = new List<ConstantExpression>();
            while (_reader.Kind != TokenKind.Close) expressions.Add(ParseElementExpression());
            Limit(expressions.Count, WasmLimits.MaxElements, "elements", start);
            return new ElementSegment(type, SegmentMode.Passive, 0, default, null, expressions);
        }
        var functions = new List<int>();
        while (_reader.Kind != TokenKind.Close) functions.Add(FunctionSpace.ResolveIndex(_reader));
        Limit(functions.Count, WasmLimits.MaxElements, "elements", start);

        // Function indices stand for elements of exactly (ref func); in a table of functions of any kind they may stay.
        if (type == FunctionElement || type == ValueType.FuncRef)
        {
            return new ElementSegment(FunctionElement, SegmentMode.Passive, 0, default, functions, null);
        }
        var references = functions.ConvertAll(
            index => new ConstantExpression(InstructionParser.FunctionReference(index), 0));
        return new ElementSegment(type, SegmentMode.Passive, 0, default, null, references);
    }

    private ConstantExpression ParseElementExpression()
    {
        if (!_reader.TryOpen("item"u8)) return new ConstantExpression(_instructions.ParseFolded(), 0);
        var expression = ParseExpression();
        _reader.Close();
        return expression;
    }

    private void ParseDataSegment()
    {
        _reader.TryIdentifier();
        if (_reader.Kind != TokenKind.Open)
        {
            _data.Add(new DataSegment(SegmentMode.Passive, 0, default, _reader.Strings()));
            return;
        }
        var memory = 0;
        if (_reader.TryOpen("memory"u8))
        {
            memory = MemorySpace.ResolveIndex(_reader);
            _reader.Close();
        }
        var offset = ParseOffset();
        _data.Add(new DataSegment(SegmentMode.Active, memory, offset, _reader.Strings()));
    }

    /// <summary><c>(offset instruction*)</c>, or a single folded instruction.</summary>
    private ConstantExpression ParseOffset()
    {
        if (!_reader.TryOpen("offset"u8)) return new ConstantExpression(_instructions.ParseFolded(), 0);
        var expression = ParseExpression();
        _reader.Close();
        return expression;
    }
}
