using System.Globalization;
using System.Text;

namespace TensorWasm.Ptx.Syntax;

/// <summary>Operands and constants (PTX ISA 4.5 and 6).</summary>
public static partial class PtxPrinter
{
    private static void PrintOperand(StringBuilder text, OperandSyntax operand)
    {
        switch (operand)
        {
            case NameSyntax name:
                text.Append(name.Name).Append(name.Component);
                PrintOffset(text, name.Offset);
                break;
            case ImmediateSyntax immediate:
                PrintImmediate(text, immediate);
                break;
            case AddressSyntax address:
                PrintAddress(text, address);
                break;
            case VectorSyntax vector:
                PrintList(text, '{', vector.Elements, '}');
                break;
            case ArgumentListSyntax list:
                PrintList(text, '(', list.Arguments, ')');
                break;
            case NegatedSyntax negated:
                text.Append('!').Append(negated.Register);
                break;
            case PairSyntax pair:
                PrintOperand(text, pair.First);
                text.Append('|');
                PrintOperand(text, pair.Second);
                break;
            case SinkSyntax:
                text.Append('_');
                break;
            case GenericAddressSyntax generic:
                text.Append("generic(").Append(generic.Name).Append(')');
                PrintOffset(text, generic.Offset);
                break;
            default:
                throw new ArgumentException($"Operand {operand.GetType().Name} has no text form.", nameof(operand));
        }
    }

    private static void PrintList(StringBuilder text, char open, IReadOnlyList<OperandSyntax> elements, char close)
    {
        text.Append(open);
        for (int i = 0; i < elements.Count; i++)
        {
            if (i > 0)
            {
                text.Append(", ");
            }

            PrintOperand(text, elements[i]);
        }

        text.Append(close);
    }

    private static void PrintAddress(StringBuilder text, AddressSyntax address)
    {
        text.Append('[');
        if (address.Base is null)
        {
            text.Append(CultureInfo.InvariantCulture, $"{address.Offset}");
        }
        else
        {
            text.Append(address.Base);
            PrintOffset(text, address.Offset);
        }

        text.Append(']');
    }

    private static void PrintOffset(StringBuilder text, long offset)
    {
        // An offset is added, whatever its sign: ptxas knows [%rd1+-8], not [%rd1-8] (PTX ISA, "Addresses as Operands").
        if (offset != 0)
        {
            text.Append(CultureInfo.InvariantCulture, $"+{offset}");
        }
    }

    private static void PrintImmediate(StringBuilder text, ImmediateSyntax immediate)
    {
        switch (immediate.Kind)
        {
            case ImmediateKind.Single:
                text.Append(CultureInfo.InvariantCulture, $"0f{immediate.Bits:X8}");
                break;
            case ImmediateKind.Double:
                text.Append(CultureInfo.InvariantCulture, $"0d{immediate.Bits:X16}");
                break;
            case ImmediateKind.Signed:
                // The magnitude is printed unsigned, so that -0x8000000000000000 and -0 come back as they were.
                text.Append(CultureInfo.InvariantCulture, $"-{0UL - immediate.Bits}");
                break;
            default:
                text.Append(CultureInfo.InvariantCulture, $"{immediate.Bits}");
                break;
        }
    }
}
