using System.Globalization;
using TensorWasm.Ptx.Diagnostics;

namespace TensorWasm.Ptx.Syntax;

/// <summary>Constants (PTX ISA 4.5).</summary>
internal ref partial struct Parser
{
    private ImmediateSyntax ParseImmediate()
    {
        SourcePosition position = _token.Position;
        bool negative = TryTake(TokenKind.Minus);
        if (Is(TokenKind.Integer))
        {
            ulong value = ParseInteger();
            return negative
                ? new ImmediateSyntax(ImmediateKind.Signed, unchecked(0UL - value), position)
                : new ImmediateSyntax(ImmediateKind.Unsigned, value, position);
        }

        if (Is(TokenKind.Float))
        {
            return ParseFloat(negative, position);
        }

        throw Unexpected("a constant");
    }

    /// <summary>A constant that must be an integer of at most 63 bits: a size, a count, an offset.</summary>
    private long ParseUnsigned(string what)
    {
        if (!Is(TokenKind.Integer))
        {
            throw Unexpected(what);
        }

        SourcePosition position = _token.Position;
        ulong value = ParseInteger();
        return value <= long.MaxValue
            ? (long)value
            : throw new ParseFailure(PtxDiagnosticId.Syntax, position, $"{what} of more than 63 bits");
    }

    private ulong ParseInteger()
    {
        ReadOnlySpan<char> digits = Span;
        ReadOnlySpan<char> body = digits[^1] is 'U' ? digits[..^1] : digits;
        ulong value;
        bool ok = body switch
        {
            ['0', 'x' or 'X', .. var hex] => ulong.TryParse(
                hex, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out value),
            ['0', 'b' or 'B', .. var binary] => ulong.TryParse(
                binary, NumberStyles.AllowBinarySpecifier, CultureInfo.InvariantCulture, out value),
            ['0', _, ..] => TryParseOctal(body, out value),
            _ => ulong.TryParse(body, NumberStyles.None, CultureInfo.InvariantCulture, out value),
        };
        if (!ok)
        {
            throw Unexpected("an integer of at most 64 bits");
        }

        Advance();
        return value;
    }

    private static bool TryParseOctal(ReadOnlySpan<char> digits, out ulong value)
    {
        value = 0;
        foreach (char digit in digits)
        {
            if (digit is < '0' or > '7' || value >> 61 != 0)
            {
                return false;
            }

            value = (value << 3) | (uint)(digit - '0');
        }

        return true;
    }

    private ImmediateSyntax ParseFloat(bool negative, SourcePosition position)
    {
        ReadOnlySpan<char> text = Span;
        ImmediateSyntax? value = null;
        if (text is ['0', 'f' or 'F', .. { Length: 8 } single]
            && uint.TryParse(single, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out uint bits32))
        {
            value = new ImmediateSyntax(ImmediateKind.Single, negative ? bits32 ^ 0x8000_0000 : bits32, position);
        }
        else if (text is ['0', 'd' or 'D', .. { Length: 16 } wide]
            && ulong.TryParse(wide, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out ulong bits64))
        {
            value = new ImmediateSyntax(ImmediateKind.Double, negative ? bits64 ^ (1UL << 63) : bits64, position);
        }
        else if (text.Length <= 64 && double.TryParse(
            text,
            NumberStyles.AllowDecimalPoint | NumberStyles.AllowExponent,
            CultureInfo.InvariantCulture,
            out double number))
        {
            ulong bits = BitConverter.DoubleToUInt64Bits(negative ? -number : number);
            value = new ImmediateSyntax(ImmediateKind.Double, bits, position);
        }

        if (value is null)
        {
            throw Unexpected("a floating-point constant");
        }

        Advance();
        return value;
    }
}
