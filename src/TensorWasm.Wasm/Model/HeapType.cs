namespace TensorWasm.Wasm;

/// <summary>
/// What a reference points to: an abstract heap type or a type index (section 2.3.3). The value is the signed 33-bit
/// integer of the binary format: negative for abstract types, a type index otherwise.
/// </summary>
/// <param name="Code">The integer of the binary format.</param>
public readonly record struct HeapType(int Code)
{
    /// <summary><c>noexn</c></summary>
    public static readonly HeapType NoExn = new(-0x0C);

    /// <summary><c>nofunc</c></summary>
    public static readonly HeapType NoFunc = new(-0x0D);

    /// <summary><c>noextern</c></summary>
    public static readonly HeapType NoExtern = new(-0x0E);

    /// <summary><c>none</c></summary>
    public static readonly HeapType None = new(-0x0F);

    /// <summary><c>func</c></summary>
    public static readonly HeapType Func = new(-0x10);

    /// <summary><c>extern</c></summary>
    public static readonly HeapType Extern = new(-0x11);

    /// <summary><c>any</c></summary>
    public static readonly HeapType Any = new(-0x12);

    /// <summary><c>eq</c></summary>
    public static readonly HeapType Eq = new(-0x13);

    /// <summary><c>i31</c></summary>
    public static readonly HeapType I31 = new(-0x14);

    /// <summary><c>struct</c></summary>
    public static readonly HeapType Struct = new(-0x15);

    /// <summary><c>array</c></summary>
    public static readonly HeapType Array = new(-0x16);

    /// <summary><c>exn</c></summary>
    public static readonly HeapType Exn = new(-0x17);

    /// <summary>The bottom heap type, below every other: what <c>ref.as_non_null</c> yields in unreachable code.</summary>
    public static readonly HeapType Bottom = new(int.MinValue);

    /// <summary>Whether this is a type index.</summary>
    public bool IsIndex => Code >= 0;

    /// <summary>Whether this is one of the abstract heap types of the specification.</summary>
    public bool IsAbstract => Code is <= -0x0C and >= -0x17;

    /// <summary>The type index.</summary>
    public int Index => Code;

    /// <summary>A concrete heap type.</summary>
    public static HeapType FromIndex(int index) => new(index);

    /// <summary>The text format's keyword, or the index.</summary>
    public override string ToString() => Code switch
    {
        -0x0C => "noexn",
        -0x0D => "nofunc",
        -0x0E => "noextern",
        -0x0F => "none",
        -0x10 => "func",
        -0x11 => "extern",
        -0x12 => "any",
        -0x13 => "eq",
        -0x14 => "i31",
        -0x15 => "struct",
        -0x16 => "array",
        -0x17 => "exn",
        int.MinValue => "bottom",
        _ => Code.ToString(System.Globalization.CultureInfo.InvariantCulture),
    };
}
