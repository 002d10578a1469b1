using System.Runtime.InteropServices;

namespace TensorWasm.Wasm;

/// <summary>
/// What code of a module is checked against (the specification's context C), once types, imports and the types of all
/// definitions are known to be valid. It does not change, so any number of threads may read it.
/// </summary>
internal sealed class ModuleContext
{
    private readonly Signature?[] _signatures;

    internal ModuleContext(WasmModule module)
    {
        Module = module;
        Defined = [.. module.DefinedTypes];
        Canonical = new int[Defined.Length];
        var first = new Dictionary<DefinedType, int>(ReferenceEqualityComparer.Instance);
        for (var i = 0; i < Canonical.Length; i++)
        {
            Canonical[i] = first.TryGetValue(Defined[i], out var index) ? index : i;
            first.TryAdd(Defined[i], i);
        }
        _signatures = new Signature?[Canonical.Length];
        for (var i = 0; i < _signatures.Length; i++)
        {
            if (Canonical[i] != i)
            {
                _signatures[i] = _signatures[Canonical[i]];
            }
            else if (module.Types[i].Composite is FunctionType function)
            {
                _signatures[i] = new Signature(Convert(function.Parameters), Convert(function.Results));
            }
        }
    }

    internal WasmModule Module { get; }

    internal DefinedType[] Defined { get; }

    /// <summary>For each type index, the lowest one that means the same type.</summary>
    internal int[] Canonical { get; }

    /// <summary>The type of a value; a packed type gives that of its unpacked value.</summary>
    /// <exception cref="WasmValidationException">The type holds an unknown type index.</exception>
    internal StackType Convert(ValueType type, int offset = -1)
    {
        if (!type.IsReference) return StackTypes.FromKind(type.Kind);
        return Convert(type.Heap, type.IsNullable, offset);
    }

    internal StackType Convert(HeapType heap, bool nullable, int offset = -1)
    {
        if (!heap.IsIndex) return StackTypes.ToAbstract(heap, nullable);
        CheckTypeIndex((uint)heap.Index, offset);
        return StackTypes.ToConcrete(Canonical[heap.Index], nullable);
    }

    internal void CheckTypeIndex(uint index, int offset)
    {
        if (index >= (uint)Canonical.Length) throw new WasmValidationException($"unknown type {index}", offset);
    }

    /// <summary>The function type at a type index.</summary>
    internal Signature SignatureAt(uint index, int offset)
    {
        CheckTypeIndex(index, offset);
        return _signatures[index] ?? throw new WasmValidationException($"non-function type {index}", offset);
    }

    internal StructType StructAt(uint index, int offset)
    {
        CheckTypeIndex(index, offset);
        return Module.Types[(int)index].Composite as StructType
            ?? throw new WasmValidationException($"non-structure type {index}", offset);
    }

    internal FieldType ArrayAt(uint index, int offset)
    {
        CheckTypeIndex(index, offset);
        return Module.Types[(int)index].Composite is ArrayType array
            ? array.Element
            : throw new WasmValidationException($"non-array type {index}", offset);
    }

    /// <summary>Matching of value types (section 3.3.4).</summary>
    internal bool Matches(StackType actual, StackType expected)
    {
        if (actual == expected || actual == StackType.Bottom) return true;
        if (!actual.IsReference() || !expected.IsReference()) return false;
        if (actual.IsNullable() && !expected.IsNullable()) return false;
        if (actual.IsConcrete() && expected.IsConcrete())
        {
            return Defined[actual.HeapIndex()].IsSubtypeOf(Defined[expected.HeapIndex()]);
        }
        var actualHeap = actual.Heap();
        var expectedHeap = expected.Heap();
        return Subtyping.MatchesHeap(actualHeap, DefinitionOf(actualHeap), expectedHeap, DefinitionOf(expectedHeap));
    }

    internal bool Matches(ReadOnlySpan<StackType> actual, ReadOnlySpan<StackType> expected)
    {
        if (actual.Length != expected.Length) return false;
        if (AreEqual(actual, expected)) return true;
        for (var i = 0; i < actual.Length; i++)
        {
            if (!Matches(actual[i], expected[i])) return false;
        }
        return true;
    }

    // Lists may have a thousand types; as integers they compare many at a time.
    internal static bool AreEqual(ReadOnlySpan<StackType> left, ReadOnlySpan<StackType> right) =>
        MemoryMarshal.Cast<StackType, int>(left).SequenceEqual(MemoryMarshal.Cast<StackType, int>(right));

    /// <summary>The nullable reference to the top of the hierarchy that a heap type lies in.</summary>
    internal StackType TopOf(StackType reference)
    {
        var heap = reference.Heap();
        if (heap.IsIndex)
        {
            return Defined[heap.Index].Composite is FunctionType ? StackType.FuncRef : StackType.AnyRef;
        }
        if (heap == HeapType.Func || heap == HeapType.NoFunc) return StackType.FuncRef;
        if (heap == HeapType.Extern || heap == HeapType.NoExtern) return StackType.ExternRef;
        return heap == HeapType.Exn || heap == HeapType.NoExn ? StackType.ExnRef : StackType.AnyRef;
    }

    private DefinedType? DefinitionOf(HeapType heap) => heap.IsIndex ? Defined[heap.Index] : null;

    private StackType[] Convert(IReadOnlyList<ValueType> types)
    {
        if (types.Count == 0) return [];
        if (types.Count == 1 && !types[0].IsReference) return StackTypes.ListOf(StackTypes.FromKind(types[0].Kind));
        var converted = new StackType[types.Count];
        for (var i = 0; i < converted.Length; i++) converted[i] = Convert(types[i]);
        return converted;
    }
}
