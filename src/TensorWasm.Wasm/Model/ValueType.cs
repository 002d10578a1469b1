namespace TensorWasm.Wasm;

/// <summary>
/// A value type or, inside a field, a packed storage type (section 2.3.4), eight bytes in size. A concrete reference
/// holds a type index, so such a type has a meaning only within its module; <see cref="DefinedType"/> is what modules
/// share.
/// </summary>
public readonly record struct ValueType
{
    private ValueType(ValueKind kind, bool nullable = false, int heap = 0)
    {
        Kind = kind;
        IsNullable = nullable;
        Heap = new HeapType(heap);
    }

    /// <summary><c>i32</c></summary>
    public static ValueType I32 => new(ValueKind.I32);

    /// <summary><c>i64</c></summary>
    public static ValueType I64 => new(ValueKind.I64);

    /// <summary><c>f32</c></summary>
    public static ValueType F32 => new(ValueKind.F32);

    /// <summary><c>f64</c></summary>
    public static ValueType F64 => new(ValueKind.F64);

    /// <summary><c>v128</c></summary>
    public static ValueType V128 => new(ValueKind.V128);

    /// <summary><c>i8</c>, packed.</summary>
    public static ValueType I8 => new(ValueKind.I8);

    /// <summary><c>i16</c>, packed.</summary>
    public static ValueType I16 => new(ValueKind.I16);

    /// <summary>The bottom type of unreachable code.</summary>
    public static ValueType Bottom => default;

    /// <summary><c>funcref</c>: <c>(ref null func)</c></summary>
    public static ValueType FuncRef => Ref(HeapType.Func);

    /// <summary><c>externref</c>: <c>(ref null extern)</c></summary>
    public static ValueType ExternRef => Ref(HeapType.Extern);

    /// <summary><c>exnref</c>: <c>(ref null exn)</c></summary>
    public static ValueType ExnRef => Ref(HeapType.Exn);

    /// <summary>The kind: what the value looks like in a register.</summary>
    public ValueKind Kind { get; }

    /// <summary>Whether a reference may be null.</summary>
    public bool IsNullable { get; }

    /// <summary>What a reference points to.</summary>
    public HeapType Heap { get; }

    /// <summary>Whether this is a reference type.</summary>
    public bool IsReference => Kind == ValueKind.Reference;

    /// <summary>Whether this is a number type.</summary>
    public bool IsNumber => Kind is ValueKind.I32 or ValueKind.I64 or ValueKind.F32 or ValueKind.F64;

    /// <summary>Whether this is a packed storage type.</summary>
    public bool IsPacked => Kind is ValueKind.I8 or ValueKind.I16;

    /// <summary>Whether a local of this type has an initial value.</summary>
    public bool IsDefaultable => !IsReference || IsNullable;

    /// <summary>A reference type.</summary>
    public static ValueType Ref(HeapType heap, bool nullable = true) => new(ValueKind.Reference, nullable, heap.Code);

    /// <summary>The number, vector or packed type of <paramref name="kind"/>.</summary>
    public static ValueType FromKind(ValueKind kind) => new(kind);

    /// <summary>The type as the text format writes it.</summary>
    public override string ToString() => Kind switch
    {
        ValueKind.Reference when IsNullable && Heap.IsAbstract => Heap.ToString() switch
        {
            "none" => "nullref",
            "nofunc" => "nullfuncref",
            "noextern" => "nullexternref",
            "noexn" => "nullexnref",
            var name => name + "ref",
        },
        ValueKind.Reference => IsNullable ? $"(ref null {Heap})" : $"(ref {Heap})",
        ValueKind.I32 => "i32",
        ValueKind.I64 => "i64",
        ValueKind.F32 => "f32",
        ValueKind.F64 => "f64",
        ValueKind.V128 => "v128",
        ValueKind.I8 => "i8",
        ValueKind.I16 => "i16",
        _ => "bottom",
    };
}
