namespace TensorWasm.Gpu.Cpu.Operations;

/// <summary>Eight-bit floats (PTX ISA 5.2.3): e4m3 has no infinities, e5m2 is like a cut half.</summary>
internal sealed class SmallFloat
{
    private static readonly SmallFloat E4M3 = new(mantissaBits: 3, bias: 7, largest: 0x7E);
    private static readonly SmallFloat E5M2 = new(mantissaBits: 2, bias: 15, largest: 0x7B);

    private readonly int _mantissaBits;
    private readonly int _bias;
    private readonly ulong _largest;

    private SmallFloat(int mantissaBits, int bias, ulong largest)
    {
        _mantissaBits = mantissaBits;
        _bias = bias;
        _largest = largest;
    }

    internal static SmallFloat Of(string name) => name.StartsWith("e4m3", StringComparison.Ordinal) ? E4M3 : E5M2;

    internal double Decode(ulong bits)
    {
        int magnitude = (int)(bits & 0x7F);
        int exponent = magnitude >> _mantissaBits;
        int mantissa = magnitude & ((1 << _mantissaBits) - 1);
        double value;
        if ((ulong)magnitude > _largest)
        {
            value = _mantissaBits == 2 && mantissa == 0 ? double.PositiveInfinity : double.NaN;
        }
        else
        {
            value = exponent == 0
                ? Math.ScaleB(mantissa, 1 - _bias - _mantissaBits)
                : Math.ScaleB(mantissa + (1 << _mantissaBits), exponent - _bias - _mantissaBits);
        }

        return (bits & 0x80) != 0 ? -value : value;
    }

    /// <summary>The nearest value, ties to even; what is too large becomes the largest, NaN 0x7F.</summary>
    internal ulong Encode(double value, bool relu)
    {
        if (double.IsNaN(value))
        {
            return 0x7F;
        }

        if (relu && value <= 0)
        {
            return 0;
        }

        ulong sign = double.IsNegative(value) ? 0x80UL : 0;
        double magnitude = Math.Abs(value);
        if (double.IsInfinity(magnitude))
        {
            return sign | _largest;
        }

        int minimum = 1 - _bias;
        int exponent = magnitude == 0 ? minimum : Math.Max(Math.ILogB(magnitude), minimum);
        double scaled = Math.Round(Math.ScaleB(magnitude, _mantissaBits - exponent), MidpointRounding.ToEven);
        if (exponent - minimum > 64)
        {
            return sign | _largest;
        }

        ulong result = ((ulong)(exponent - minimum) << _mantissaBits) + (ulong)scaled;
        return sign | Math.Min(result, _largest);
    }
}
