namespace TensorWasm.Wasm;

/// <summary>Subtyping across modules (section 3.3).</summary>
internal static class Subtyping
{
    internal static bool Matches(ResolvedType actual, ResolvedType expected)
    {
        if (actual.Type.Kind == ValueKind.Bottom) return true;
        if (actual.Type.Kind != expected.Type.Kind) return false;
        if (!actual.Type.IsReference) return true;
        if (actual.Type.IsNullable && !expected.Type.IsNullable) return false;
        return MatchesHeap(actual.Type.Heap, actual.Defined, expected.Type.Heap, expected.Defined);
    }

    /// <summary>Matching of heap types (section 3.3.3); a definition stands for a type index where it is not null.</summary>
    internal static bool MatchesHeap(HeapType actual, DefinedType? actualType, HeapType expected, DefinedType? expectedType)
    {
        if (actualType is not null)
        {
            return expectedType is not null ? actualType.IsSubtypeOf(expectedType) : IsBelow(actualType, expected);
        }
        if (expectedType is not null)
        {
            if (actual == HeapType.Bottom) return true;
            return actual == (expectedType.Composite is FunctionType ? HeapType.NoFunc : HeapType.None);
        }
        return actual == expected || IsBelow(actual, expected);
    }

    /// <summary>Matching of composite types (section 3.3.8).</summary>
    internal static bool MatchesComposite(DefinedType actual, DefinedType expected) =>
        (actual.Composite, expected.Composite) switch
        {
            (FunctionType, FunctionType) =>
                MatchesAll(expected.Parameters, actual.Parameters) && MatchesAll(actual.Results, expected.Results),
            (StructType left, StructType right) => MatchesFields(actual, left, expected, right),
            (ArrayType left, ArrayType right) =>
                MatchesField(left.Element, actual.Fields[0], right.Element, expected.Fields[0]),
            _ => false,
        };

    private static bool MatchesFields(DefinedType actual, StructType left, DefinedType expected, StructType right)
    {
        if (left.Fields.Count < right.Fields.Count) return false;
        for (var i = 0; i < right.Fields.Count; i++)
        {
            if (!MatchesField(left.Fields[i], actual.Fields[i], right.Fields[i], expected.Fields[i])) return false;
        }
        return true;
    }

    // What can be written must be the same type in both directions.
    private static bool MatchesField(FieldType left, ResolvedType actual, FieldType right, ResolvedType expected) =>
        left.IsMutable == right.IsMutable && Matches(actual, expected) && (!left.IsMutable || Matches(expected, actual));

    private static bool MatchesAll(IReadOnlyList<ResolvedType> actual, IReadOnlyList<ResolvedType> expected)
    {
        if (actual.Count != expected.Count) return false;
        for (var i = 0; i < actual.Count; i++)
        {
            if (!Matches(actual[i], expected[i])) return false;
        }
        return true;
    }

    private static bool IsBelow(DefinedType actual, HeapType expected) => actual.Composite switch
    {
        FunctionType => expected == HeapType.Func,
        StructType => expected == HeapType.Struct || expected == HeapType.Eq || expected == HeapType.Any,
        _ => expected == HeapType.Array || expected == HeapType.Eq || expected == HeapType.Any,
    };

    private static bool IsBelow(HeapType actual, HeapType expected)
    {
        if (actual == HeapType.Bottom) return true;
        if (actual == HeapType.NoFunc) return expected == HeapType.Func;
        if (actual == HeapType.NoExtern) return expected == HeapType.Extern;
        if (actual == HeapType.NoExn) return expected == HeapType.Exn;
        if (expected == HeapType.Any)
        {
            return actual == HeapType.None || actual == HeapType.Eq || actual == HeapType.I31
                || actual == HeapType.Struct || actual == HeapType.Array;
        }
        if (expected == HeapType.Eq)
        {
            return actual == HeapType.None || actual == HeapType.I31 || actual == HeapType.Struct
                || actual == HeapType.Array;
        }
        return actual == HeapType.None
            && (expected == HeapType.I31 || expected == HeapType.Struct || expected == HeapType.Array);
    }
}
