namespace TensorWasm.Ptx.Syntax;

/// <summary>Operands and constants (PTX ISA 4.5 and 6).</summary>
public static partial class PtxPrinter
{
    private static void PrintOperand(TextBuffer text, OperandSyntax operand)
    {
        switch (operand)
        {
            case NameSyntax name:
                text.Append(name.Name).Append(name.Component);
                PrintOffset(text, name.Offset);
                break;
            case ImmediateSyntax immediate:
                PrintImmediate(text, immediate.Kind, immediate.Bits);
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

    private static void PrintList(TextBuffer text, char open, ArrayView<OperandSyntax> elements, char close)
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

    private static void PrintAddress(TextBuffer text, AddressSyntax address)
    {
        text.Append('[');
        if (address.Base is null)
        {
            text.Append(address.Offset);
        }
        else
        {
            text.Append(address.Base);
            PrintOffset(text, address.Offset);
        }

        text.Append(']');
    }

    internal static void PrintOffset(TextBuffer text, long offset)
    {
        // An offset is added, whatever its sign: ptxas knows [%rd1+-8], not [%rd1-8] (PTX ISA, "Addresses as Operands").
        if (offset != 0)
        {
            text.Append('+').Append(offset);
        }
    }

    internal static void PrintImmediate(TextBuffer text, ImmediateKind kind, ulong bits)
    {
        switch (kind)
        {
            case ImmediateKind.Single:
                text.Append("0f").Append(bits, "X8");
                break;
            case ImmediateKind.Double:
                text.Append("0d").Append(bits, "X16");
                break;
            case ImmediateKind.Signed:
                // The magnitude is printed unsigned, so that -0x8000000000000000 and -0 come back as they were.
                text.Append('-').Append(0UL - bits);
                break;
            default:
                text.Append(bits);
                break;
        }
    }
}
