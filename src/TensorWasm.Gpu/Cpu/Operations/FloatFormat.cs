namespace TensorWasm.Gpu.Cpu.Operations;

/// <summary>A floating-point format, to and from double precision, which holds all of its values.</summary>
internal sealed class FloatFormat
{
    internal static readonly FloatFormat Single = new(32, 24, -126, 127);
    internal static readonly FloatFormat Double = new(64, 53, -1022, 1023);
    internal static readonly FloatFormat Half = new(16, 11, -14, 15);
    internal static readonly FloatFormat Brain = new(16, 8, -126, 127);

    private readonly int _bits;
    private readonly int _precision;
    private readonly int _minimum;
    private readonly int _maximum;

    private FloatFormat(int bits, int precision, int minimum, int maximum)
    {
        _bits = bits;
        _precision = precision;
        _minimum = minimum;
        _maximum = maximum;
    }

    internal ulong SignBit => 1UL << (_bits - 1);

    internal ulong Infinity => (ulong)(_maximum - _minimum + 2) << (_precision - 1);

    /// <summary>The NaN that instructions give: all ones but the sign.</summary>
    internal ulong NaN => SignBit - 1;

    internal ulong Largest => Infinity - 1;

    internal ulong SmallestNormal => 1UL << (_precision - 1);

    internal bool IsNaN(ulong bits) => (bits & ~SignBit) > Infinity;

    internal bool IsSubnormal(ulong bits) => (bits & ~SignBit) is > 0 and var rest && rest < SmallestNormal;

    internal ulong Flush(ulong bits) => IsSubnormal(bits) ? bits & SignBit : bits;

    internal double Decode(ulong bits)
    {
        if (_bits == 64)
        {
            return BitConverter.UInt64BitsToDouble(bits);
        }

        ulong magnitude = bits & (SignBit - 1);
        double value = magnitude > Infinity ? double.NaN
            : magnitude == Infinity ? double.PositiveInfinity
            : magnitude < SmallestNormal ? Math.ScaleB(magnitude, _minimum - _precision + 1)
            : Math.ScaleB(
                (magnitude & (SmallestNormal - 1)) | SmallestNormal,
                (int)(magnitude >> (_precision - 1)) - 1 + _minimum - _precision + 1);
        return (bits & SignBit) != 0 ? -value : value;
    }

    /// <summary>The nearest value, ties to even, or in a direction; too large ones become infinite or the largest.</summary>
    internal ulong Encode(double value, Rounding rounding = Rounding.Nearest)
    {
        if (double.IsNaN(value))
        {
            return NaN;
        }

        ulong sign = double.IsNegative(value) ? SignBit : 0;
        if (_bits == 64)
        {
            return BitConverter.DoubleToUInt64Bits(value);
        }

        double magnitude = Math.Abs(value);
        if (magnitude == 0 || double.IsInfinity(magnitude))
        {
            return sign | (magnitude == 0 ? 0 : Infinity);
        }

        int exponent = Math.Max(Math.ILogB(magnitude), _minimum);
        double scaled = Math.ScaleB(magnitude, _precision - 1 - exponent);
        double whole = Round(scaled, rounding, sign != 0);
        ulong result = ((ulong)(exponent - _minimum) << (_precision - 1)) + (ulong)whole;
        if (result >= Infinity)
        {
            result = rounding == Rounding.Nearest || Round(0.5, rounding, sign != 0) == 1 ? Infinity : Largest;
        }

        return sign | result;
    }

    private static double Round(double value, Rounding rounding, bool isNegative) => rounding switch
    {
        Rounding.Nearest => Math.Round(value, MidpointRounding.ToEven),
        Rounding.NearestAway => Math.Round(value, MidpointRounding.AwayFromZero),
        Rounding.Down => isNegative ? Math.Ceiling(value) : Math.Floor(value),
        Rounding.Up => isNegative ? Math.Floor(value) : Math.Ceiling(value),
        _ => Math.Truncate(value),
    };
}
