namespace TensorWasm.Wasm.Text;

/// <summary>Types as the text format writes them, with the identifiers of a module's type definitions.</summary>
internal sealed class TypePrinter
{
    private readonly WasmModule _module;
    private readonly Dictionary<int, IdentifierTable> _fields = [];

    public TypePrinter(WasmModule module)
    {
        _module = module;
        Types = new IdentifierTable(module.Names.Types, module.Types.Count);
        foreach (var (type, names) in module.Names.Fields)
        {
            if (type < module.Types.Count && module.Types[type].Composite is StructType structure)
            {
                _fields[type] = new IdentifierTable(names, structure.Fields.Count);
            }
        }
    }

    public IdentifierTable Types { get; }

    public string Heap(HeapType heap) => heap.IsIndex ? Types[(uint)heap.Index] : heap.ToString();

    public string Value(ValueType type) =>
        type is { IsReference: true, Heap.IsIndex: true } ? Reference(type) : type.ToString();

    /// <summary>A reference type without abbreviation.</summary>
    public string Reference(ValueType type) =>
        type.IsNullable ? $"(ref null {Heap(type.Heap)})" : $"(ref {Heap(type.Heap)})";

    public string Field(uint type, uint field) =>
        type < int.MaxValue && _fields.TryGetValue((int)type, out var names)
            ? names[field]
            : field.ToString(System.Globalization.CultureInfo.InvariantCulture);

    /// <summary>A use of a function type, with a space before it; parameters by name where there are any.</summary>
    public string Use(int type, IdentifierTable? locals)
    {
        var text = $" (type {Types[(uint)type]})";
        return type < _module.Types.Count && _module.Types[type].Composite is FunctionType function
            ? text + Signature(function, locals)
            : text;
    }

    /// <summary>The definition of type <paramref name="index"/>.</summary>
    public string Definition(int index)
    {
        var type = _module.Types[index];
        var composite = Composite(type.Composite, index);
        if (type is not { IsFinal: true, Supertypes.Count: 0 })
        {
            var supertypes = string.Concat(type.Supertypes.Select(super => " " + Types[(uint)super]));
            composite = $"(sub{(type.IsFinal ? " final" : "")}{supertypes} {composite})";
        }
        return $"(type{Types.Declare(index)} {composite})";
    }

    private string Composite(CompositeType type, int index) => type switch
    {
        FunctionType function => $"(func{Signature(function, null)})",
        ArrayType array => $"(array {Field(array.Element)})",
        StructType structure =>
            $"(struct{string.Concat(structure.Fields.Select((field, i) => Field(field, index, i)))})",
        _ => throw new InvalidOperationException($"no text for {type.GetType().Name}"),
    };

    private string Field(FieldType field, int type, int index)
    {
        var name = _fields.TryGetValue(type, out var names) ? names.Declare(index, showIndex: false) : "";
        return $" (field{name} {Field(field)})";
    }

    private string Field(FieldType field) => field.IsMutable ? $"(mut {Value(field.Storage)})" : Value(field.Storage);

    private string Signature(FunctionType function, IdentifierTable? locals)
    {
        var parameters = function.Parameters;
        var result = new System.Text.StringBuilder();
        if (locals is not null && Enumerable.Range(0, parameters.Count).Any(locals.IsNamed))
        {
            for (var i = 0; i < parameters.Count; i++)
            {
                result.Append(" (param").Append(locals.Declare(i, showIndex: false));
                result.Append(' ').Append(Value(parameters[i])).Append(')');
            }
        }
        else
        {
            List(result, "param", parameters);
        }
        List(result, "result", function.Results);
        return result.ToString();
    }

    private void List(System.Text.StringBuilder result, string keyword, IReadOnlyList<ValueType> types)
    {
        if (types.Count == 0) return;
        result.Append(" (").Append(keyword);
        foreach (var type in types) result.Append(' ').Append(Value(type));
        result.Append(')');
    }
}
