using System.Buffers;
using System.Globalization;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using TensorWasm.Wasm;
using TensorWasm.Wasm.Text;
using ValueType = TensorWasm.Wasm.ValueType;

namespace TensorWasm.Runtime;

/// <summary>
/// Arguments and results between their notation and the guest's types, as the export's signature says.
/// </summary>
internal static class ArgumentLowering
{
    /// <summary>Longer than any notation that is needed: a vector of 64-bit floats with all their digits.</summary>
    private const int MaxLength = 256;

    /// <summary>No blanks and no separators.</summary>
    private const NumberStyles Decimal =
        NumberStyles.AllowLeadingSign | NumberStyles.AllowDecimalPoint | NumberStyles.AllowExponent;

    private static readonly SearchValues<char> LiteralCharacters =
        SearchValues.Create("0123456789abcdefghijklmnopqrstuvwxyzABCDEFPX+-._:,");

    /// <summary>The values for a function's parameters, or why there are none.</summary>
    internal static Outcome<object?[]> Lower(IReadOnlyList<GuestArgument> arguments, FunctionType type)
    {
        var parameters = type.Parameters;
        if (arguments.Count != parameters.Count)
        {
            return new RuntimeError(
                RuntimeErrorKind.InvalidArguments,
                $"The export's parameters are ({string.Join(' ', parameters)}), {parameters.Count} in number, but "
                + $"{arguments.Count} arguments were given.");
        }
        if (parameters.Count == 0) return Array.Empty<object?>();
        var values = new object?[parameters.Count];
        for (var i = 0; i < values.Length; i++)
        {
            if (!TryLower(arguments[i].Text, parameters[i], out values[i]))
            {
                return new RuntimeError(
                    RuntimeErrorKind.InvalidArguments, $"Argument {i + 1} is no value of type {parameters[i]}.");
            }
        }
        return values;
    }

    /// <summary>What a function returned, as <see cref="Engine.Function.Invoke"/> gives it, as a list.</summary>
    internal static GuestValue[] Lift(object? result, FunctionType type)
    {
        var types = type.Results;
        if (types.Count == 0) return [];
        if (types.Count == 1) return [Lift(result, types[0])];
        var values = (object?[])result!;
        return [.. values.Select((value, i) => Lift(value, types[i]))];
    }

    private static GuestValue Lift(object? value, ValueType type) => type.Kind switch
    {
        ValueKind.I32 => new GuestValue(GuestValueKind.I32, (uint)(int)value!),
        ValueKind.I64 => new GuestValue(GuestValueKind.I64, (ulong)(long)value!),
        ValueKind.F32 => new GuestValue(GuestValueKind.F32, BitConverter.SingleToUInt32Bits((float)value!)),
        ValueKind.F64 => new GuestValue(GuestValueKind.F64, BitConverter.DoubleToUInt64Bits((double)value!)),
        ValueKind.V128 => new GuestValue(
            GuestValueKind.V128, Unsafe.BitCast<Vector128<byte>, UInt128>((Vector128<byte>)value!)),
        _ => new GuestValue(GuestValueKind.Reference, value is null ? 0u : 1u),
    };

    /// <summary>The value of a type that a notation stands for, as <see cref="Engine.Function.Invoke"/> takes it.</summary>
    internal static bool TryLower(string text, ValueType type, out object? value)
    {
        value = type.IsReference ? null : Number(text, type);
        return type.IsReference ? type.IsNullable && text == "null" : value is not null;
    }

    private static object? Number(string text, ValueType type)
    {
        if (text.Length is 0 or > MaxLength) return null;
        switch (type.Kind)
        {
            case ValueKind.I32:
                return TryInteger(text, out var number) && number >= int.MinValue && number <= uint.MaxValue
                    ? unchecked((int)(long)number)
                    : TryLiteral(text, type);
            case ValueKind.I64:
                return TryInteger(text, out number) && number >= long.MinValue && number <= ulong.MaxValue
                    ? number < 0 ? (long)number : unchecked((long)(ulong)number)
                    : TryLiteral(text, type);
            case ValueKind.F32:
                return float.TryParse(text, Decimal, CultureInfo.InvariantCulture, out var single)
                    && float.IsFinite(single) ? single : TryLiteral(text, type);
            case ValueKind.F64:
                return double.TryParse(text, Decimal, CultureInfo.InvariantCulture, out var real)
                    && double.IsFinite(real) ? real : TryLiteral(text, type);
            case ValueKind.V128:
                return TryVector(text, out var bits)
                    ? Unsafe.BitCast<UInt128, Vector128<byte>>(bits)
                    : TryLiteral(text.Replace(':', ' ').Replace(',', ' '), type, text);
            default:
                return null;
        }
    }

    private static bool TryInteger(string text, out Int128 value)
    {
        if (long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var small))
        {
            value = small;
            return true;
        }
        var isNegative = text[0] == '-';
        var digits = isNegative ? text.AsSpan(1) : text;
        if (digits.StartsWith("0x", StringComparison.OrdinalIgnoreCase))
        {
            var isHexadecimal = ulong.TryParse(
                digits[2..], NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var magnitude);
            value = isNegative ? -(Int128)magnitude : magnitude;
            return isHexadecimal;
        }

        // JSON writes 1e3 and 42.0 for integers, too. A decimal holds every one of 64 bits.
        var isNumber = decimal.TryParse(text, Decimal, CultureInfo.InvariantCulture, out var number)
            && number == decimal.Truncate(number);
        value = isNumber ? (Int128)number : 0;
        return isNumber;
    }

    private static bool TryVector(string text, out UInt128 bits) =>
        text.StartsWith("0x", StringComparison.OrdinalIgnoreCase)
            ? UInt128.TryParse(text.AsSpan(2), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out bits)
            : UInt128.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out bits);

    /// <summary>
    /// The text format's parser has the whole grammar of literals; what is not one must not reach it.
    /// </summary>
    private static object? TryLiteral(string literal, ValueType type, string? written = null)
    {
        if ((written ?? literal).AsSpan().ContainsAnyExcept(LiteralCharacters)) return null;
        try
        {
            var script = WastScript.Parse($"(invoke \"\" ({type}.const {literal}))");
            var bits = ((InvokeAction)((ActionCommand)script.Commands[0]).Action).Arguments[0].Bits;
            return type.Kind switch
            {
                ValueKind.I32 => (int)(uint)bits,
                ValueKind.I64 => (long)(ulong)bits,
                ValueKind.F32 => BitConverter.UInt32BitsToSingle((uint)bits),
                ValueKind.F64 => BitConverter.UInt64BitsToDouble((ulong)bits),
                _ => Unsafe.BitCast<UInt128, Vector128<byte>>(bits),
            };
        }
        catch (WasmFormatException)
        {
            return null;
        }
    }
}
