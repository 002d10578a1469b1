using TensorWasm.Ptx.Isa;
using TensorWasm.Ptx.Syntax;

namespace TensorWasm.Ptx.Ir;

/// <summary>Prints the flat form as the PTX that <see cref="PtxPrinter"/> prints of a tree.</summary>
internal static class IrPrinter
{
    /// <summary>Names, initial bytes and targets on one line, so that none grows over the limit of a line's length.</summary>
    private const int ItemsPerLine = 16;

    /// <summary>About how many characters a kernel's text has.</summary>
    public static int LengthOf(Kernel kernel)
    {
        // A line for each instruction and label, a name for each register.
        const int Line = 32;
        const int Name = 10;
        int lines = 0;
        foreach (Block block in kernel.Code)
        {
            lines += block.Code.Count + 1;
        }

        return (Line * lines) + (Name * kernel.RegisterList.Count);
    }

    public static string Print(Kernel kernel)
    {
        using var text = new TextBuffer(LengthOf(kernel));
        Print(text, kernel, kernel.Bounds);
        return text.ToString();
    }

    public static string Print(Instruction instruction)
    {
        using var text = new TextBuffer();
        Print(text, instruction, null);
        return text.ToString();
    }

    public static void Print(TextBuffer text, Kernel kernel, LaunchBounds bounds)
    {
        text.Append(".visible .entry ").Append(kernel.Name).Append('(');
        for (int i = 0; i < kernel.Parameters.Count; i++)
        {
            text.Append(i == 0 ? "\n\t" : ",\n\t");
            PrintParameter(text, kernel.Parameters[i]);
        }

        text.Append(")\n");
        PrintDirective(text, ".reqntid", bounds.RequiredThreads);
        PrintDirective(text, ".maxntid", bounds.MaximumThreads);
        PrintDirective(text, ".minnctapersm", bounds.MinimumBlocks is { } blocks ? [blocks] : null);
        PrintDirective(text, ".maxnreg", bounds.MaximumRegisters is { } registers ? [registers] : null);
        text.Append("{\n");
        PrintRegisters(text, kernel);
        foreach (Variable variable in kernel.Variables)
        {
            if (!variable.IsModuleScope)
            {
                text.Append('\t');
                Print(text, variable);
                text.Append('\n');
            }
        }

        for (int i = 0; i < kernel.Code.Count; i++)
        {
            PrintBlock(text, kernel, kernel.Code[i], i + 1 < kernel.Code.Count ? kernel.Code[i + 1] : null);
        }

        text.Append('}');
    }

    public static void Print(TextBuffer text, Variable variable)
    {
        text.Append(variable.IsDynamic ? ".extern ." : ".").Append(variable.Space.Name());
        PtxPrinter.PrintAlignment(text, variable.Alignment);
        text.Append(" .b8 ").Append(variable.Name).Append('[');
        if (!variable.IsDynamic)
        {
            text.Append(variable.Size);
        }

        text.Append(']');
        ReadOnlySpan<byte> data = variable.InitialData.Span;
        if (!data.IsEmpty)
        {
            text.Append(" = {");
            for (int i = 0; i < data.Length; i++)
            {
                Separate(text, i);
                text.Append((ulong)data[i]);
            }

            text.Append('}');
        }

        text.Append(';');
    }

    private static void Separate(TextBuffer text, int index) =>
        text.Append(index == 0 ? "" : index % ItemsPerLine == 0 ? ",\n" : ", ");

    /// <summary>A scalar where size and alignment are a scalar's; bytes otherwise, so that the layout stays.</summary>
    private static void PrintParameter(TextBuffer text, Variable parameter)
    {
        text.Append(".param");
        if (parameter.Size is 1 or 2 or 4 or 8 && parameter.Alignment == parameter.Size)
        {
            text.Append(" .b").Append(parameter.Size * 8).Append(' ').Append(parameter.Name);
            return;
        }

        PtxPrinter.PrintAlignment(text, parameter.Alignment);
        text.Append(" .b8 ").Append(parameter.Name).Append('[').Append(parameter.Size).Append(']');
    }

    private static void PrintDirective(TextBuffer text, string name, IReadOnlyList<long>? values)
    {
        if (values is not null)
        {
            text.Append(name).Append(' ').AppendJoin(", ", values).Append('\n');
        }
    }

    /// <summary>Declares all registers, by type, in the order in which types first occur.</summary>
    private static void PrintRegisters(TextBuffer text, Kernel kernel)
    {
        List<PtxType> types = [];
        var typeOf = new byte[kernel.RegisterList.Count];
        for (int i = 0; i < typeOf.Length; i++)
        {
            PtxType type = kernel.RegisterList[i].Type;
            int index = types.IndexOf(type);
            if (index < 0)
            {
                index = types.Count;
                types.Add(type);
            }

            typeOf[i] = (byte)index;
        }

        for (int index = 0; index < types.Count; index++)
        {
            text.Append("\t.reg .").Append(types[index].Name).Append(' ');
            int count = 0;
            for (int i = 0; i < typeOf.Length; i++)
            {
                if (typeOf[i] == index)
                {
                    Separate(text, count++);
                    text.Append(kernel.RegisterList[i].Name);
                }
            }

            text.Append(";\n");
        }
    }

    private static void PrintBlock(TextBuffer text, Kernel kernel, Block block, Block? following)
    {
        text.Append(block.Label.Name).Append(":\n");
        foreach (Instruction instruction in block.Code)
        {
            string? table = null;
            if (instruction.Opcode.Effect == Effect.BranchTable)
            {
                table = kernel.TableName(block);
                text.Append(table).Append(":\n\t.branchtargets ");
                IReadOnlyList<Label> labels = ((TableOperand)instruction.Operands[1]).Labels;
                for (int i = 0; i < labels.Count; i++)
                {
                    text.Append(i == 0 ? "" : ", ").Append(labels[i].Name);
                }

                text.Append(";\n");
            }

            text.Append('\t');
            Print(text, instruction, table);
            text.Append('\n');
        }

        if (block.FallsThrough && block.Next != following)
        {
            text.Append("\tbra.uni ").Append(block.Next!.Label.Name).Append(";\n");
        }
    }

    private static void Print(TextBuffer text, Instruction instruction, string? table)
    {
        if (instruction.Guard is { } guard)
        {
            text.Append(guard.IsNegated ? "@!" : "@").Append(guard.Register.Name).Append(' ');
        }

        text.Append(instruction.Opcode.Text);
        for (int i = 0; i < instruction.Operands.Count; i++)
        {
            text.Append(i == 0 ? " " : ", ");
            Print(text, instruction.Operands[i], table);
        }

        text.Append(';');
    }

    private static void Print(TextBuffer text, Operand operand, string? table)
    {
        switch (operand)
        {
            case RegisterOperand register:
                text.Append(register.IsNegated ? "!" : "").Append(register.Register.Name);
                break;
            case ImmediateOperand immediate:
                PtxPrinter.PrintImmediate(text, immediate.Kind, immediate.Bits);
                break;
            case SpecialOperand special:
                text.Append(special.Register.Name);
                break;
            case AddressOfOperand address:
                text.Append(address.Variable.Name);
                PtxPrinter.PrintOffset(text, address.Offset);
                break;
            case MemoryOperand memory:
                text.Append('[').Append(memory.Base?.Name ?? memory.Variable!.Name);
                PtxPrinter.PrintOffset(text, memory.Offset);
                text.Append(']');
                break;
            case VectorOperand vector:
                text.Append('{');
                for (int i = 0; i < vector.Elements.Count; i++)
                {
                    text.Append(i == 0 ? "" : ", ");
                    Print(text, vector.Elements[i], table);
                }

                text.Append('}');
                break;
            case PairOperand pair:
                Print(text, pair.First, table);
                text.Append('|');
                Print(text, pair.Second, table);
                break;
            case LabelOperand label:
                text.Append(label.Label.Name);
                break;
            case TableOperand:
                text.Append(table ?? "$targets");
                break;
            default:
                text.Append('_');
                break;
        }
    }
}
