namespace TensorWasm.Wasm;

/// <summary>Parts of a <see cref="StackType"/>.</summary>
internal static class StackTypes
{
    private const int HeapMask = (1 << 24) - 1;
    private const int AbstractCodeMask = 0xFF;

    private static readonly StackType[][] Single =
        [[], [StackType.I32], [StackType.I64], [StackType.F32], [StackType.F64], [StackType.V128]];

    internal static bool IsReference(this StackType type) => (type & StackType.Reference) != 0;

    internal static bool IsNullable(this StackType type) => (type & StackType.Nullable) != 0;

    /// <summary>Whether a local of this type has an initial value.</summary>
    internal static bool IsDefaultable(this StackType type) =>
        (type & (StackType.Reference | StackType.Nullable)) != StackType.Reference;

    /// <summary>Whether a reference is to a type index; see <see cref="HeapIndex"/>.</summary>
    internal static bool IsConcrete(this StackType reference) => (reference & StackType.Abstract) == 0;

    /// <summary>The canonical type index of a concrete reference.</summary>
    internal static int HeapIndex(this StackType reference) => (int)reference & HeapMask;

    internal static StackType AsNonNull(this StackType type) => type & ~StackType.Nullable;

    internal static StackType AsNullable(this StackType type) => type | StackType.Nullable;

    internal static HeapType Heap(this StackType type)
    {
        var heap = (int)type & HeapMask;
        if (type.IsConcrete()) return HeapType.FromIndex(heap);
        var code = heap & AbstractCodeMask;
        return code == 0 ? HeapType.Bottom : new HeapType(-code);
    }

    /// <summary>A reference to an abstract heap type; a type index goes through <see cref="ModuleContext"/>.</summary>
    internal static StackType ToAbstract(HeapType heap, bool nullable) =>
        StackType.Reference | (nullable ? StackType.Nullable : 0) | StackType.Abstract
        | (heap == HeapType.Bottom ? 0 : (StackType)(-heap.Code));

    internal static StackType ToConcrete(int canonicalIndex, bool nullable) =>
        StackType.Reference | (nullable ? StackType.Nullable : 0) | (StackType)canonicalIndex;

    internal static StackType FromKind(ValueKind kind) => kind switch
    {
        ValueKind.I32 or ValueKind.I8 or ValueKind.I16 => StackType.I32,
        ValueKind.I64 => StackType.I64,
        ValueKind.F32 => StackType.F32,
        ValueKind.F64 => StackType.F64,
        ValueKind.V128 => StackType.V128,
        _ => StackType.Bottom,
    };

    /// <summary>A shared list of one number or vector type.</summary>
    internal static StackType[] ListOf(StackType number) => Single[(int)number];

    /// <summary>The type for error messages; type indices are canonical ones.</summary>
    internal static ValueType ToValueType(this StackType type) => type switch
    {
        StackType.I32 => ValueType.I32,
        StackType.I64 => ValueType.I64,
        StackType.F32 => ValueType.F32,
        StackType.F64 => ValueType.F64,
        StackType.V128 => ValueType.V128,
        _ when type.IsReference() => ValueType.Ref(type.Heap(), type.IsNullable()),
        _ => ValueType.Bottom,
    };

    /// <summary>A list of types as the specification writes it, <c>[i32 i64]</c>, cut where it grows long.</summary>
    internal static string Describe(ReadOnlySpan<StackType> types)
    {
        const int Shown = 16;
        var names = new List<string>();
        foreach (var type in types[..Math.Min(types.Length, Shown)]) names.Add(type.ToValueType().ToString());
        if (types.Length > Shown) names.Add("...");
        return $"[{string.Join(' ', names)}]";
    }
}
