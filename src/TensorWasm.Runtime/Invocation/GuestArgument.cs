namespace TensorWasm.Runtime;

/// <summary>
/// An argument as it was written; the export's signature decides what it becomes. Integers are decimal, or hexadecimal
/// after 0x, and unsigned notation is accepted for the same bits; a number with a fraction or an exponent is an integer
/// where its value is one. All that the text format writes is accepted, too, such as inf, nan and 1_000. A vector is written as
/// i8x16, i16x8, i32x4, i64x2, f32x4 or f64x2, a colon, and the lanes between commas; or as one number of 128 bits.
/// </summary>
/// <param name="Text">The notation.</param>
public readonly record struct GuestArgument(string Text)
{
    /// <summary>An argument from its notation.</summary>
    public static implicit operator GuestArgument(string text) => new(text);

    /// <summary>An argument from an integer.</summary>
    public static implicit operator GuestArgument(long value) =>
        new(value.ToString(System.Globalization.CultureInfo.InvariantCulture));

    /// <summary>An argument from a float.</summary>
    public static implicit operator GuestArgument(double value) =>
        new(double.IsNaN(value) ? "nan"
            : double.IsInfinity(value) ? value > 0 ? "inf" : "-inf"
            : value.ToString("R", System.Globalization.CultureInfo.InvariantCulture));

    /// <summary>The value that it is as a parameter of a type, as <see cref="Engine.Function.Invoke"/> takes it.</summary>
    /// <returns>Whether it is one.</returns>
    public bool TryRead(Wasm.ValueType type, out object? value) => ArgumentLowering.TryLower(Text, type, out value);

    /// <summary>The notation.</summary>
    public override string ToString() => Text;
}
