namespace TensorWasm.Wasm;

/// <summary>
/// The type of an operand, in a form that compares in one instruction: a number type, or a reference as a set of bits.
/// Type indices in it are those of <see cref="ModuleContext.Canonical"/>, so that equal types have equal values.
/// </summary>
internal enum StackType
{
    /// <summary>Any type: an operand that unreachable code takes from an empty stack.</summary>
    Bottom = 0,
    I32 = 1,
    I64 = 2,
    F32 = 3,
    F64 = 4,
    V128 = 5,

    /// <summary>Marks abstract heap types; the bits below are the negated code of <see cref="HeapType"/>.</summary>
    Abstract = 1 << 23,

    /// <summary>Marks references that may be null.</summary>
    Nullable = 1 << 29,

    /// <summary>Marks references.</summary>
    Reference = 1 << 30,

    FuncRef = Reference | Nullable | Abstract | 0x10,
    AnyRef = Reference | Nullable | Abstract | 0x12,
    EqRef = Reference | Nullable | Abstract | 0x13,
    I31Ref = Reference | Nullable | Abstract | 0x14,
    ArrayRef = Reference | Nullable | Abstract | 0x16,
    ExternRef = Reference | Nullable | Abstract | 0x11,
    ExnRef = Reference | Nullable | Abstract | 0x17,
}
