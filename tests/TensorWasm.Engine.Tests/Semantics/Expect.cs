namespace TensorWasm.Engine.Tests.Semantics;

/// <summary>The NaN rules of the specification around an operation on numbers.</summary>
internal static class Expect
{
    private const ulong Canonical32 = 0x7FC0_0000;
    private const ulong Canonical64 = 0x7FF8_0000_0000_0000;

    public static ExpectedFloat Unary(float a, Func<float, float> operation) =>
        float.IsNaN(a) ? NaN(a) : Number(operation(a));

    public static ExpectedFloat Binary(float a, float b, Func<float, float, float> operation) =>
        float.IsNaN(a) || float.IsNaN(b) ? NaN(a, b) : Number(operation(a, b));

    public static ExpectedFloat Ternary(float a, float b, float c, Func<float, float, float, float> operation) =>
        float.IsNaN(a) || float.IsNaN(b) || float.IsNaN(c) ? NaN(a, b, c) : Number(operation(a, b, c));

    public static ExpectedFloat Unary(double a, Func<double, double> operation) =>
        double.IsNaN(a) ? NaN(a) : Number(operation(a));

    public static ExpectedFloat Binary(double a, double b, Func<double, double, double> operation) =>
        double.IsNaN(a) || double.IsNaN(b) ? NaN(a, b) : Number(operation(a, b));

    public static ExpectedFloat Ternary(double a, double b, double c, Func<double, double, double, double> operation) =>
        double.IsNaN(a) || double.IsNaN(b) || double.IsNaN(c) ? NaN(a, b, c) : Number(operation(a, b, c));

    /// <summary>A result computed from operands none of which is a NaN.</summary>
    public static ExpectedFloat Number(float value) => float.IsNaN(value)
        ? new(Canonical32, NaNKind.Canonical, 32)
        : new(BitConverter.SingleToUInt32Bits(value), NaNKind.None, 32);

    /// <inheritdoc cref="Number(float)"/>
    public static ExpectedFloat Number(double value) => double.IsNaN(value)
        ? new(Canonical64, NaNKind.Canonical, 64)
        : new(BitConverter.DoubleToUInt64Bits(value), NaNKind.None, 64);

    /// <summary>The NaNs that may come from operands at least one of which is a NaN.</summary>
    public static ExpectedFloat NaN(params ReadOnlySpan<float> operands)
    {
        var kind = NaNKind.Canonical;
        foreach (var operand in operands)
        {
            var magnitude = BitConverter.SingleToUInt32Bits(operand) & 0x7FFF_FFFF;
            if (float.IsNaN(operand) && magnitude != Canonical32) kind = NaNKind.Arithmetic;
        }
        return new(Canonical32, kind, 32);
    }

    /// <inheritdoc cref="NaN(ReadOnlySpan{float})"/>
    public static ExpectedFloat NaN(params ReadOnlySpan<double> operands)
    {
        var kind = NaNKind.Canonical;
        foreach (var operand in operands)
        {
            var magnitude = BitConverter.DoubleToUInt64Bits(operand) & ~(1UL << 63);
            if (double.IsNaN(operand) && magnitude != Canonical64) kind = NaNKind.Arithmetic;
        }
        return new(Canonical64, kind, 64);
    }
}
