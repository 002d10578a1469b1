namespace TensorWasm.Wasm;

/// <summary>The first byte of a value type in the binary format (section 5.3).</summary>
public enum ValueKind : byte
{
    /// <summary>No type: the bottom type of unreachable code.</summary>
    Bottom = 0,

    /// <summary>A reference; <see cref="ValueType.Heap"/> and <see cref="ValueType.IsNullable"/> say to what.</summary>
    Reference = 0x64,

    /// <summary>The packed storage type <c>i16</c>, only in fields.</summary>
    I16 = 0x77,

    /// <summary>The packed storage type <c>i8</c>, only in fields.</summary>
    I8 = 0x78,

    /// <summary>A 128-bit vector.</summary>
    V128 = 0x7B,

    /// <summary>A 64-bit IEEE 754 number.</summary>
    F64 = 0x7C,

    /// <summary>A 32-bit IEEE 754 number.</summary>
    F32 = 0x7D,

    /// <summary>A 64-bit integer.</summary>
    I64 = 0x7E,

    /// <summary>A 32-bit integer.</summary>
    I32 = 0x7F,
}
