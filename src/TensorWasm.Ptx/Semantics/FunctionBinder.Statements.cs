using TensorWasm.Ptx.Diagnostics;
using TensorWasm.Ptx.Ir;
using TensorWasm.Ptx.Isa;
using TensorWasm.Ptx.Syntax;

namespace TensorWasm.Ptx.Semantics;

/// <summary>Scopes, declarations and instructions.</summary>
internal sealed partial class FunctionBinder
{
    private bool _overBudget;

    private void BindBlock(BlockSyntax block, Scope scope)
    {
        Scope outer = _scope;
        _scope = scope;
        DeclareLabels(block);
        foreach (SyntaxNode statement in block.Statements)
        {
            if (_diagnostics.IsFull || _overBudget)
            {
                break;
            }

            try
            {
                BindStatement(statement);
            }
            catch (BindFailure failure)
            {
                // Past the budget every further statement would complain, and inlining could take exponential time.
                _overBudget = failure.Id == PtxDiagnosticId.Limit;
                string text = statement is InstructionSyntax instruction ? Quote(instruction) : "";
                _diagnostics.Add(failure.Id, statement.Position, text, failure.Message);
            }
        }

        _scope = outer;
    }

    private static string Quote(InstructionSyntax instruction) =>
        instruction.Operands.Count > 16 ? instruction.Opcode : PtxPrinter.Print(instruction);

    /// <summary>Labels may be named before they stand, so they are declared first (PTX ISA 4.3.1).</summary>
    private void DeclareLabels(BlockSyntax block)
    {
        for (int i = 0; i < block.Statements.Count; i++)
        {
            if (block.Statements[i] is not LabelSyntax label)
            {
                continue;
            }

            try
            {
                bool isTable = i + 1 < block.Statements.Count && block.Statements[i + 1] is BranchTargetsSyntax;
                _scope.Declare(label.Name, isTable
                    ? new BranchTable(((BranchTargetsSyntax)block.Statements[i + 1]).Labels)
                    : _kernel.NewLabel(label.Name));
            }
            catch (BindFailure failure)
            {
                _diagnostics.Add(failure.Id, label.Position, label.Name + ":", failure.Message);
            }
        }
    }

    private void BindStatement(SyntaxNode statement)
    {
        switch (statement)
        {
            case InstructionSyntax instruction:
                BindInstruction(instruction);
                break;
            case LabelSyntax label:
                if (_scope.Find(label.Name)?.Symbol is Label target)
                {
                    _items.Add(new CodeItem(target, null));
                }

                break;
            case RegisterSyntax registers:
                DeclareRegisters(registers);
                break;
            case VariableSyntax variable:
                DeclareVariable(variable);
                break;
            case BlockSyntax block:
                BindBlock(block, new Scope(_scope));
                break;
            case LocSyntax or PragmaSyntax or BranchTargetsSyntax:
                break;
            default:
                throw new BindFailure(PtxDiagnosticId.Declaration, "this directive does not belong in a function");
        }
    }

    private void DeclareRegisters(RegisterSyntax registers)
    {
        PtxType type = RegisterType(registers.Type);
        foreach (RegisterNameSyntax name in registers.Names)
        {
            long count = name.Count ?? 1;
            _declaredRegisters += Math.Min(count, int.MaxValue);
            if (_declaredRegisters > _module.Limits.MaxRegisters)
            {
                throw new BindFailure(
                    PtxDiagnosticId.Limit, $"the function declares more than {_module.Limits.MaxRegisters} registers");
            }

            if (SpecialRegister.Find(name.Name) is not null)
            {
                throw new BindFailure(PtxDiagnosticId.DuplicateSymbol, $"'{name.Name}' is a special register");
            }

            if (name.Count is null)
            {
                _scope.Declare(name.Name, new DeclaredRegister(type));
            }
            else
            {
                _scope.DeclareRange(name.Name, new RegisterRange(type, count));
            }
        }
    }

    private void DeclareVariable(VariableSyntax syntax)
    {
        if (syntax.Space == ".param")
        {
            long extent = syntax.Dimensions is [{ } length] ? length : syntax.Dimensions.Count == 0 ? 1 : 0;
            long size = extent > SignatureBinder.MaxBytes
                ? 0
                : extent * VariableBinder.ElementType(syntax.Type).Bytes * syntax.Vector;
            if (size is <= 0 or > SignatureBinder.MaxBytes)
            {
                throw new BindFailure(
                    PtxDiagnosticId.Declaration, $"a call parameter has 1 to {SignatureBinder.MaxBytes} bytes");
            }

            _scope.Declare(syntax.Name, new CallSlot(syntax.Name, size));
            return;
        }

        if (!_module.Statics.TryGetValue(syntax, out Variable? variable) || variable.Space == StateSpace.Local)
        {
            // Shared, constant and global variables of a function exist once; local ones once an activation.
            bool local = syntax.Space == ".local";
            if (_module.StaticBytes > _module.Limits.MaxVariableBytes)
            {
                throw new BindFailure(
                    PtxDiagnosticId.Limit,
                    $"the functions' variables have more than {_module.Limits.MaxVariableBytes} bytes");
            }

            variable = _variables.Bind(
                syntax, local ? _kernel.NewName(syntax.Name) : ModuleBinder.StaticName(_module, syntax), !local);
            _module.StaticBytes += local ? 0 : variable.Size;
            _module.Statics[syntax] = variable;
        }

        _scope.Declare(syntax.Name, variable);
    }

    private void BindInstruction(InstructionSyntax syntax)
    {
        Guard? guard = BindGuard(syntax.Guard);
        if (syntax.Opcode.StartsWith("call", StringComparison.Ordinal) && syntax.Mnemonic is "call")
        {
            BindCall(syntax, guard);
            return;
        }

        PtxOpcode[] candidates = InstructionTable.Resolve(syntax.Opcode);
        if (candidates.Length == 0)
        {
            throw Unknown(syntax.Opcode);
        }

        if (TryBindSlotAccess(syntax, candidates[0], guard))
        {
            return;
        }

        (PtxOpcode opcode, Operand[] operands) = BindOperands(syntax, candidates);
        CheckTarget(opcode);
        AccessRules.Check(opcode, operands);
        if (opcode.Effect == Effect.Return && _return is { } continuation)
        {
            Emit("bra", [new LabelOperand(continuation)], guard, syntax.Position, "a return of an inlined function");
            return;
        }

        Emit(new Instruction(opcode, operands, guard, syntax.Position));
    }

    private Guard? BindGuard(GuardSyntax? guard)
    {
        if (guard is null)
        {
            return null;
        }

        return Resolve(guard.Register) is Register register && register.Type == PtxType.Pred
            ? new Guard(register, guard.IsNegated)
            : throw new BindFailure(PtxDiagnosticId.Operand, $"the guard '{guard.Register}' is not a predicate register");
    }

    private (PtxOpcode Opcode, Operand[] Operands) BindOperands(InstructionSyntax syntax, PtxOpcode[] candidates)
    {
        for (int i = 0; ; i++)
        {
            if (i + 1 < candidates.Length && !OperandBinder.MayTake(candidates[i], syntax.Operands))
            {
                continue;
            }

            try
            {
                return (candidates[i], _operands.Bind(candidates[i], syntax.Operands));
            }
            catch (BindFailure failure) when (failure.Id == PtxDiagnosticId.Operand && i + 1 < candidates.Length)
            {
                // Another form of the same text may take these operands; the last form's complaint is reported.
            }
        }
    }

    private void CheckTarget(PtxOpcode opcode)
    {
        ModuleTarget target = _module.Target;
        if (target.Sm < opcode.MinimumSm || (opcode.IsArchitectureSpecific && !target.IsArchitectureSpecific))
        {
            string suffix = opcode.IsArchitectureSpecific ? "a" : "";
            throw new BindFailure(
                PtxDiagnosticId.Version,
                $"{opcode.Text} needs .target sm_{opcode.MinimumSm}{suffix}, the module has sm_{target.Sm}");
        }
    }

    private static BindFailure Unknown(string opcode)
    {
        if (RefusedOpcodes.Reason(opcode) is { } reason)
        {
            return new BindFailure(PtxDiagnosticId.Refused, reason);
        }

        int dot = opcode.IndexOf('.', StringComparison.Ordinal);
        string mnemonic = dot < 0 ? opcode : opcode[..dot];
        return new BindFailure(PtxDiagnosticId.UnknownInstruction, InstructionTable.Knows(mnemonic)
            ? $"this combination of suffixes of {mnemonic} is not on the whitelist"
            : $"{mnemonic} is not on the whitelist");
    }
}
