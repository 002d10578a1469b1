using TensorWasm.Ptx.Isa;
using TensorWasm.Ptx.Syntax;

namespace TensorWasm.Ptx.Ir;

/// <summary>Turns the flat form back into a syntax tree, for printing.</summary>
internal static class IrSyntax
{
    public static InstructionSyntax Of(Instruction instruction, string? tableName = null)
    {
        GuardSyntax? guard = instruction.Guard is { } g
            ? new GuardSyntax(g.Register.Name, g.IsNegated, default)
            : null;
        OperandSyntax[] operands = instruction.Operands.Count == 0 ? [] : new OperandSyntax[instruction.Operands.Count];
        for (int i = 0; i < operands.Length; i++)
        {
            operands[i] = Of(instruction.Operands[i], tableName);
        }

        return new InstructionSyntax(guard, instruction.Opcode.Text, operands, default);
    }

    public static FunctionSyntax Of(Kernel kernel, LaunchBounds bounds)
    {
        List<SyntaxNode> body = new(kernel.Code.Sum(block => block.Code.Count + 1) + 16);
        foreach (IGrouping<PtxType, Register> group in kernel.Registers.GroupBy(register => register.Type))
        {
            body.Add(new RegisterSyntax(
                "." + group.Key, [.. group.Select(r => new RegisterNameSyntax(r.Name, null, default))], default));
        }

        body.AddRange(kernel.Variables.Where(variable => !variable.IsModuleScope).Select(Of));
        for (int i = 0; i < kernel.Blocks.Count; i++)
        {
            AddBlock(body, kernel, i);
        }

        return new FunctionSyntax(
            Linkage.Visible,
            IsEntry: true,
            [],
            kernel.Name,
            [.. kernel.Parameters.Select(ParameterOf)],
            DirectivesOf(bounds),
            new BlockSyntax(body, default),
            default);
    }

    public static VariableSyntax Of(Variable variable) => new(
        variable.IsDynamic ? Linkage.Extern : Linkage.None,
        "." + variable.Space.Name(),
        variable.Alignment,
        1,
        ".b8",
        variable.Name,
        [variable.IsDynamic ? null : variable.Size],
        InitializerOf(variable),
        default);

    private static InitializerSyntax? InitializerOf(Variable variable)
    {
        if (variable.InitialData.IsEmpty)
        {
            return null;
        }

        InitializerSyntax[] bytes = [.. variable.InitialData.ToArray().Select(value =>
            new InitializerSyntax(new ImmediateSyntax(ImmediateKind.Unsigned, value, default), null, default))];
        return new InitializerSyntax(null, bytes, default);
    }

    /// <summary>A scalar where size and alignment are a scalar's; bytes otherwise, so that the layout stays.</summary>
    private static ParameterSyntax ParameterOf(Variable parameter) =>
        parameter.Size is 1 or 2 or 4 or 8 && parameter.Alignment == parameter.Size
        ? new ParameterSyntax(".param", 0, $".b{parameter.Size * 8}", null, parameter.Name, null, default)
        : new ParameterSyntax(".param", parameter.Alignment, ".b8", null, parameter.Name, parameter.Size, default);

    private static void AddBlock(List<SyntaxNode> body, Kernel kernel, int index)
    {
        Block block = kernel.Blocks[index];
        body.Add(new LabelSyntax(block.Label.Name, default));
        foreach (Instruction instruction in block.Code)
        {
            if (instruction.Opcode.Effect == Effect.BranchTable)
            {
                string name = kernel.TableName(block);
                body.Add(new LabelSyntax(name, default));
                body.Add(new BranchTargetsSyntax(
                    [.. ((TableOperand)instruction.Operands[1]).Labels.Select(label => label.Name)], default));
                body.Add(Of(instruction, name));
                continue;
            }

            body.Add(Of(instruction));
        }

        Block? following = index + 1 < kernel.Blocks.Count ? kernel.Blocks[index + 1] : null;
        if (block.FallsThrough && block.Next != following)
        {
            body.Add(new InstructionSyntax(
                null, "bra.uni", [new NameSyntax(block.Next!.Label.Name, null, 0, default)], default));
        }
    }

    private static List<FunctionDirectiveSyntax> DirectivesOf(LaunchBounds bounds)
    {
        List<FunctionDirectiveSyntax> directives = [];
        void Add(string name, IReadOnlyList<long>? values)
        {
            if (values is not null)
            {
                directives.Add(new FunctionDirectiveSyntax(name, values, [], default));
            }
        }

        Add(".reqntid", bounds.RequiredThreads);
        Add(".maxntid", bounds.MaximumThreads);
        Add(".minnctapersm", bounds.MinimumBlocks is { } blocks ? [blocks] : null);
        Add(".maxnreg", bounds.MaximumRegisters is { } registers ? [registers] : null);
        return directives;
    }

    private static OperandSyntax Of(Operand operand, string? tableName) => operand switch
    {
        RegisterOperand { IsNegated: true } r => new NegatedSyntax(r.Register.Name, default),
        RegisterOperand r => r.Register.Syntax,
        ImmediateOperand i => new ImmediateSyntax(i.Kind, i.Bits, default),
        SpecialOperand s => new NameSyntax(s.Register.Name, null, 0, default),
        AddressOfOperand a => new NameSyntax(a.Variable.Name, null, a.Offset, default),
        MemoryOperand m => new AddressSyntax(m.Base?.Name ?? m.Variable?.Name, m.Offset, default),
        VectorOperand v => new VectorSyntax([.. v.Elements.Select(e => Of(e, tableName))], default),
        PairOperand p => new PairSyntax(Of(p.First, tableName), Of(p.Second, tableName), default),
        LabelOperand l => new NameSyntax(l.Label.Name, null, 0, default),
        TableOperand => new NameSyntax(tableName ?? "$targets", null, 0, default),
        _ => new SinkSyntax(default),
    };
}
