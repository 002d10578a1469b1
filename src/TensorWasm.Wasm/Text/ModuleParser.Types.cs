namespace TensorWasm.Wasm.Text;

/// <content>Type definitions, type uses and value types (section 6.4).</content>
internal sealed partial class ModuleParser
{
    private readonly List<SubType> _types = [];
    private readonly List<RecursionGroup> _groups = [];
    private readonly Dictionary<FunctionType, int> _functionTypes = [];
    private readonly Dictionary<int, Dictionary<string, int>> _fieldIndices = [];

    /// <summary>A value type.</summary>
    public ValueType ParseValueType() => TryNumberType() ?? ParseReferenceType();

    /// <summary>A reference type.</summary>
    public ValueType ParseReferenceType()
    {
        if (_reader.TryOpen("ref"u8))
        {
            var nullable = _reader.TryKeyword("null"u8);
            var heap = ParseHeapType();
            _reader.Close();
            return ValueType.Ref(heap, nullable);
        }
        var target = HeapTypes.TryParseReference(_reader.Current, _reader) ?? throw _reader.Unexpected();
        _reader.Advance();
        return ValueType.Ref(target);
    }

    /// <summary>A heap type: a keyword, or a type index.</summary>
    public HeapType ParseHeapType()
    {
        if (_reader.Kind != TokenKind.Keyword) return HeapType.FromIndex(TypeSpace.ResolveIndex(_reader));
        var heap = HeapTypes.TryParse(_reader.Current, _reader) ?? throw _reader.Unexpected();
        _reader.Advance();
        return heap;
    }

    /// <summary>
    /// A type use: an explicit type, inline parameters and results, or both, which must then agree.
    /// </summary>
    /// <param name="locals">Takes the identifiers of parameters; null where none are allowed.</param>
    public int ParseTypeUse(LocalSpace? locals)
    {
        var start = _reader.Current.Start;
        var explicitType = TryExplicitType();
        var inline = ParseFunctionType(locals);
        if (explicitType is not { } index) return TypeIndexOf(inline);
        CheckInlineType(index, inline, start);
        return index;
    }

    /// <summary><c>(type x)</c></summary>
    public int? TryExplicitType()
    {
        if (!_reader.TryOpen("type"u8)) return null;
        var index = TypeSpace.ResolveIndex(_reader);
        _reader.Close();
        return index;
    }

    /// <summary>Parameters, then results.</summary>
    public FunctionType ParseFunctionType(LocalSpace? locals)
    {
        List<ValueType>? parameters = null;
        List<ValueType>? results = null;
        var start = _reader.Current.Start;
        while (_reader.TryOpen("param"u8))
        {
            parameters ??= [];
            if (locals is not null && locals.TryBind(_reader, parameters.Count)) parameters.Add(ParseValueType());
            else ParseValueTypes(parameters);
            _reader.Close();
        }
        while (_reader.TryOpen("result"u8))
        {
            ParseValueTypes(results ??= []);
            _reader.Close();
        }
        Limit(parameters?.Count ?? 0, WasmLimits.MaxParameters, "parameters", start);
        Limit(results?.Count ?? 0, WasmLimits.MaxResults, "results", start);
        return parameters is null && results is null
            ? FunctionType.Empty
            : new FunctionType((IReadOnlyList<ValueType>?)parameters ?? [], (IReadOnlyList<ValueType>?)results ?? []);
    }

    /// <summary>Value types up to a closing parenthesis.</summary>
    public void ParseValueTypes(List<ValueType> types)
    {
        while (_reader.Kind != TokenKind.Close) types.Add(ParseValueType());
    }

    /// <summary>Checks that an inline type repeats the explicit one.</summary>
    public void CheckInlineType(int index, FunctionType inline, int start)
    {
        if (inline.Parameters.Count == 0 && inline.Results.Count == 0) return;

        // Parts in the wrong order are an error of their own, which the mismatch they cause must not hide.
        if (_reader.AtOpen("param"u8) || _reader.AtOpen("type"u8)) throw _reader.Unexpected(_reader.Ahead);
        if (index >= _types.Count) throw UnknownType(index, start);
        if (!inline.Equals(_types[index].Composite as FunctionType))
        {
            throw _reader.Source.Error("inline function type does not match the explicit type", start);
        }
    }

    /// <summary>
    /// The smallest index of this type in a recursion group of its own; the type is appended if there is none.
    /// </summary>
    public int TypeIndexOf(FunctionType type)
    {
        if (_functionTypes.TryGetValue(type, out var index)) return index;
        index = _types.Count;
        _types.Add(SubType.Plain(type));
        _groups.Add(new RecursionGroup(index, 1));
        _functionTypes.Add(type, index);
        return index;
    }

    /// <summary>A field of the structure type <paramref name="type"/>, as a number or as an identifier.</summary>
    public uint ResolveField(uint type)
    {
        if (_reader.Kind != TokenKind.Identifier) return _reader.U32();
        var token = _reader.Advance();
        var id = _reader.IdentifierName(token);
        var fields = type < int.MaxValue ? _fieldIndices.GetValueOrDefault((int)type) : null;
        return fields is not null && fields.TryGetValue(id, out var index)
            ? (uint)index
            : throw _reader.Source.Error($"unknown field ${id}", token.Start);
    }

    private void ParseTypes()
    {
        foreach (var field in _fields)
        {
            if (field.Keyword is not (FieldKeyword.Type or FieldKeyword.Rec)) continue;
            _reader.Seek(field.Start);
            if (field.Keyword == FieldKeyword.Type)
            {
                ParseTypeDefinition();
                OfferFunctionType(_types.Count - 1);
                continue;
            }
            _reader.Open("rec"u8);
            var first = _types.Count;
            while (_reader.Kind != TokenKind.Close) ParseTypeDefinition();
            if (_types.Count == first + 1) OfferFunctionType(first);
        }
    }

    /// <summary>A plain function type in a group of its own is what inline types may stand for.</summary>
    private void OfferFunctionType(int index)
    {
        if (_types[index] is { IsFinal: true, Supertypes.Count: 0, Composite: FunctionType function })
        {
            _functionTypes.TryAdd(function, index);
        }
    }

    private void ParseTypeDefinition()
    {
        _reader.Open("type"u8);
        _reader.TryIdentifier();
        if (_reader.TryOpen("sub"u8))
        {
            var final = _reader.TryKeyword("final"u8);
            var supertypes = new List<int>();
            while (_reader.Kind != TokenKind.Open) supertypes.Add(TypeSpace.ResolveIndex(_reader));
            _types.Add(new SubType(ParseCompositeType(), supertypes, final));
            _reader.Close();
        }
        else
        {
            _types.Add(SubType.Plain(ParseCompositeType()));
        }
        _reader.Close();
    }

    private CompositeType ParseCompositeType()
    {
        CompositeType type;
        if (_reader.TryOpen("func"u8))
        {
            type = ParseFunctionType(new LocalSpace());
        }
        else if (_reader.TryOpen("array"u8))
        {
            type = new ArrayType(ParseFieldType());
        }
        else
        {
            _reader.Open("struct"u8);
            type = new StructType(ParseStructFields());
        }
        _reader.Close();
        return type;
    }

    private List<FieldType> ParseStructFields()
    {
        var fields = new List<FieldType>();
        var start = _reader.Current.Start;
        Dictionary<string, int>? indices = null;
        while (_reader.TryOpen("field"u8))
        {
            var token = _reader.Current;
            var id = _reader.TryIdentifier();
            if (id is not null && !(indices ??= []).TryAdd(id, fields.Count))
            {
                throw _reader.Source.Error($"duplicate field ${id}", token.Start);
            }
            if ((Annotations.NameBefore(_reader) ?? id) is { } name)
            {
                if (!Names.Fields.TryGetValue(_types.Count, out var names)) Names.Fields.Add(_types.Count, names = []);
                names[fields.Count] = name;
                fields.Add(ParseFieldType());
            }
            else
            {
                while (_reader.Kind != TokenKind.Close) fields.Add(ParseFieldType());
            }
            _reader.Close();
        }
        Limit(fields.Count, WasmLimits.MaxFields, "fields", start);
        if (indices is not null) _fieldIndices[_types.Count] = indices;
        return fields;
    }

    private FieldType ParseFieldType()
    {
        if (!_reader.TryOpen("mut"u8)) return new FieldType(ParseStorageType(), false);
        var type = ParseStorageType();
        _reader.Close();
        return new FieldType(type, true);
    }

    private ValueType ParseStorageType()
    {
        if (_reader.TryKeyword("i8"u8)) return ValueType.I8;
        return _reader.TryKeyword("i16"u8) ? ValueType.I16 : ParseValueType();
    }

    private ValueType? TryNumberType()
    {
        if (_reader.Kind != TokenKind.Keyword) return null;
        var word = _reader.Text(_reader.Current);
        ValueType? type = null;
        if (word.SequenceEqual("i32"u8)) type = ValueType.I32;
        else if (word.SequenceEqual("i64"u8)) type = ValueType.I64;
        else if (word.SequenceEqual("f32"u8)) type = ValueType.F32;
        else if (word.SequenceEqual("f64"u8)) type = ValueType.F64;
        else if (word.SequenceEqual("v128"u8)) type = ValueType.V128;
        if (type is not null) _reader.Advance();
        return type;
    }
}
