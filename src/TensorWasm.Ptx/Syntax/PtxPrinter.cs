namespace TensorWasm.Ptx.Syntax;

/// <summary>
/// Prints a syntax tree as canonical PTX: one statement a line, one form for each constant, no comments. Parsing the
/// result gives the same tree again, positions aside.
/// </summary>
public static partial class PtxPrinter
{
    /// <summary>Prints a module (PTX ISA 11.1).</summary>
    /// <param name="module">The module.</param>
    /// <returns>PTX text that ends with a line feed.</returns>
    public static string Print(ModuleSyntax module)
    {
        ArgumentNullException.ThrowIfNull(module);
        using var text = new TextBuffer();
        PrintHeader(text, module.Major, module.Minor, module.Targets, module.AddressSize);
        foreach (SyntaxNode item in module.Items)
        {
            Print(text, item, 0);
        }

        return text.ToString();
    }

    /// <summary>Prints one node on one or more lines, without the last line feed.</summary>
    /// <param name="node">A statement, declaration or operand.</param>
    /// <returns>The text.</returns>
    public static string Print(SyntaxNode node)
    {
        ArgumentNullException.ThrowIfNull(node);
        using var text = new TextBuffer();
        if (node is OperandSyntax operand)
        {
            PrintOperand(text, operand);
            return text.ToString();
        }

        Print(text, node, 0);
        return text.ToString().TrimEnd('\n');
    }

    internal static void PrintHeader(
        TextBuffer text, int major, int minor, IReadOnlyList<string> targets, int addressSize)
    {
        text.Append(".version ").Append(major).Append('.').Append(minor).Append('\n');
        text.Append(".target ").AppendJoin(", ", targets).Append('\n');
        text.Append(".address_size ").Append(addressSize).Append('\n');
    }

    private static void Print(TextBuffer text, SyntaxNode node, int depth)
    {
        switch (node)
        {
            case InstructionSyntax instruction:
                Indent(text, depth);
                PrintInstruction(text, instruction);
                break;
            case LabelSyntax label:
                text.Append(label.Name).Append(":\n");
                return;
            case BlockSyntax block:
                Indent(text, depth).Append("{\n");
                foreach (SyntaxNode statement in block.Statements)
                {
                    Print(text, statement, depth + 1);
                }

                Indent(text, depth).Append('}');
                break;
            case LocSyntax loc:
                PrintLoc(text, loc);
                break;
            case BranchTargetsSyntax targets:
                Indent(text, depth).Append(".branchtargets ").AppendJoin(", ", targets.Labels).Append(';');
                break;
            case PragmaSyntax pragma:
                Indent(text, depth).Append(".pragma ");
                PrintStrings(text, pragma.Strings);
                break;
            default:
                Indent(text, depth);
                PrintDeclaration(text, node);
                break;
        }

        text.Append('\n');
    }

    private static TextBuffer Indent(TextBuffer text, int depth)
    {
        for (int i = 0; i < depth; i++)
        {
            text.Append('\t');
        }

        return text;
    }

    private static void PrintInstruction(TextBuffer text, InstructionSyntax instruction)
    {
        if (instruction.Guard is { } guard)
        {
            text.Append(guard.IsNegated ? "@!" : "@").Append(guard.Register).Append(' ');
        }

        text.Append(instruction.Opcode);
        for (int i = 0; i < instruction.Operands.Count; i++)
        {
            text.Append(i == 0 ? " " : ", ");
            PrintOperand(text, instruction.Operands[i]);
        }

        text.Append(';');
    }

    private static void PrintLoc(TextBuffer text, LocSyntax loc)
    {
        text.Append(".loc ").Append(loc.File).Append(' ').Append(loc.Line).Append(' ').Append(loc.Column);
        if (loc.FunctionName is { } name)
        {
            text.Append(", function_name ").Append(name);
            PrintOffset(text, loc.FunctionNameOffset);
        }

        if (loc.InlinedAt.Count > 0)
        {
            text.Append(", inlined_at ").AppendJoin(" ", loc.InlinedAt);
        }
    }

    private static void PrintStrings(TextBuffer text, IReadOnlyList<string> strings)
    {
        for (int i = 0; i < strings.Count; i++)
        {
            text.Append(i == 0 ? "\"" : ", \"").Append(strings[i]).Append('"');
        }

        text.Append(';');
    }
}
