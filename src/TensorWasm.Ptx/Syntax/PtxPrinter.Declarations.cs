namespace TensorWasm.Ptx.Syntax;

/// <summary>Declarations (PTX ISA 5.4 and 11).</summary>
public static partial class PtxPrinter
{
    private static void PrintDeclaration(TextBuffer text, SyntaxNode node)
    {
        switch (node)
        {
            case FunctionSyntax function:
                PrintFunction(text, function);
                break;
            case VariableSyntax variable:
                PrintVariable(text, variable);
                break;
            case RegisterSyntax register:
                PrintRegisters(text, register);
                break;
            case ParameterSyntax parameter:
                PrintParameter(text, parameter);
                break;
            case FileSyntax file:
                text.Append(".file ").Append(file.Index).Append(" \"").Append(file.Name).Append('"');
                foreach (long extra in file.Extra)
                {
                    text.Append(", ").Append(extra);
                }

                break;
            case SectionSyntax section:
                text.Append(".section ").Append(section.Name).Append("\n{\n");
                foreach (string line in section.Lines)
                {
                    text.Append(line).Append('\n');
                }

                text.Append('}');
                break;
            default:
                throw new ArgumentException($"Node {node.GetType().Name} has no text form.", nameof(node));
        }
    }

    private static string LinkageText(Linkage linkage) => linkage switch
    {
        Linkage.Visible => ".visible ",
        Linkage.Extern => ".extern ",
        Linkage.Weak => ".weak ",
        Linkage.Common => ".common ",
        _ => "",
    };

    private static void PrintFunction(TextBuffer text, FunctionSyntax function)
    {
        text.Append(LinkageText(function.Linkage)).Append(function.IsEntry ? ".entry " : ".func ");
        if (function.Returns.Count > 0)
        {
            PrintParameters(text, function.Returns, " ");
        }

        text.Append(function.Name);
        PrintParameters(text, function.Parameters, "\n\t");
        text.Append('\n');
        foreach (FunctionDirectiveSyntax directive in function.Directives)
        {
            text.Append(directive.Name);
            if (directive.Values.Count > 0)
            {
                text.Append(' ').AppendJoin(", ", directive.Values);
            }
            else if (directive.Strings.Count > 0)
            {
                text.Append(' ');
                PrintStrings(text, directive.Strings);
            }

            text.Append('\n');
        }

        if (function.Body is { } body)
        {
            Print(text, body, 0);
            text.RemoveLast();
        }
        else
        {
            text.Append(';');
        }
    }

    private static void PrintParameters(TextBuffer text, IReadOnlyList<ParameterSyntax> parameters, string separator)
    {
        text.Append('(');
        for (int i = 0; i < parameters.Count; i++)
        {
            text.Append(i == 0 ? "" : ",").Append(separator);
            PrintParameter(text, parameters[i]);
        }

        text.Append(')');
    }

    private static void PrintParameter(TextBuffer text, ParameterSyntax parameter)
    {
        text.Append(parameter.Space);
        PrintAlignment(text, parameter.Alignment);
        text.Append(' ').Append(parameter.Type);
        if (parameter.Pointer is { } pointer)
        {
            text.Append(" .ptr");
            text.Append(pointer.Space.Length > 0 ? " " : "").Append(pointer.Space);
            PrintAlignment(text, pointer.Alignment);
        }

        text.Append(' ').Append(parameter.Name);
        if (parameter.ArrayLength is { } length)
        {
            text.Append('[').Append(length).Append(']');
        }
    }

    internal static void PrintAlignment(TextBuffer text, long alignment)
    {
        if (alignment != 0)
        {
            text.Append(" .align ").Append(alignment);
        }
    }

    private static void PrintVariable(TextBuffer text, VariableSyntax variable)
    {
        text.Append(LinkageText(variable.Linkage)).Append(variable.Space);
        PrintAlignment(text, variable.Alignment);
        if (variable.Vector > 1)
        {
            text.Append(" .v").Append(variable.Vector);
        }

        text.Append(' ').Append(variable.Type).Append(' ').Append(variable.Name);
        foreach (long? dimension in variable.Dimensions)
        {
            text.Append('[');
            if (dimension is { } extent)
            {
                text.Append(extent);
            }

            text.Append(']');
        }

        if (variable.Initializer is { } initializer)
        {
            text.Append(" = ");
            PrintInitializer(text, initializer);
        }

        text.Append(';');
    }

    private static void PrintInitializer(TextBuffer text, InitializerSyntax initializer)
    {
        if (initializer.Value is { } value)
        {
            PrintOperand(text, value);
            return;
        }

        IReadOnlyList<InitializerSyntax> elements = initializer.Elements ?? [];
        text.Append('{');
        for (int i = 0; i < elements.Count; i++)
        {
            // A line break now and then: a table of 64 Ki numbers must not become one line over the limit.
            text.Append(i == 0 ? "" : i % 16 == 0 ? ",\n" : ", ");
            PrintInitializer(text, elements[i]);
        }

        text.Append('}');
    }

    private static void PrintRegisters(TextBuffer text, RegisterSyntax register)
    {
        text.Append(".reg ").Append(register.Type);
        for (int i = 0; i < register.Names.Count; i++)
        {
            text.Append(i == 0 ? " " : i % 16 == 0 ? ",\n" : ", ").Append(register.Names[i].Name);
            if (register.Names[i].Count is { } count)
            {
                text.Append('<').Append(count).Append('>');
            }
        }

        text.Append(';');
    }
}
