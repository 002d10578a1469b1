using TensorWasm.Ptx.Analyses;
using TensorWasm.Ptx.Fencing;
using TensorWasm.Ptx.Ir;
using TensorWasm.Ptx.Isa;

namespace TensorWasm.Ptx.Passes;

/// <summary>
/// Looks at the fenced code with no knowledge of how it was made, and insists that each access through a register
/// goes through one whose only definition is the last step of a fence that is tight enough, or whose range is known. A defect of the fencing
/// pass thus stops the kernel instead of letting it out.
/// </summary>
internal sealed class FenceChecker
{
    private readonly PassContext _context;
    private readonly Definitions _definitions;

    private FenceChecker(PassContext context)
    {
        _context = context;
        _definitions = Definitions.Of(context.Kernel);
    }

    /// <summary>Its own, of the code as it is now.</summary>
    private ValueRanges Ranges => field ??= ValueRanges.Of(_context.Kernel, _definitions);

    public static void Run(PassContext context, IReadOnlySet<Instruction> proven)
    {
        var checker = new FenceChecker(context);
        foreach (Block block in context.Kernel.Code)
        {
            foreach (Instruction instruction in block.Code)
            {
                checker.Check(instruction, proven);
            }
        }
    }

    private void Check(Instruction instruction, IReadOnlySet<Instruction> proven)
    {
        ReadOnlySpan<Operand> operands = instruction.Operands.Span;
        for (int i = 0; i < operands.Length; i++)
        {
            if (operands[i] is MemoryOperand memory && !proven.Contains(instruction)
                && !IsSafe(instruction, i, memory))
            {
                throw new AnalysisException($"The access '{instruction}' at {instruction.Position} is not fenced.");
            }
        }
    }

    private bool IsSafe(Instruction instruction, int index, MemoryOperand memory)
    {
        if (memory.Base is not { } address)
        {
            return memory.Variable is { IsDynamic: false };
        }

        OperandSpec spec = instruction.Opcode.Operands[index];
        int bytes = Semantics.AccessRules.AccessBytes(instruction.Opcode, instruction.Operands);
        bool isWrite = instruction.Opcode.Effect is Effect.Store or Effect.Atomic or Effect.Reduction
            || (instruction.Opcode.Effect == Effect.Copy && index == 0) || instruction.Opcode.Effect == Effect.MatrixStore;
        bool isFenced = memory.Offset == 0 && spec.Space switch
        {
            StateSpace.Global => IsMasked(address, bytes, isWrite),
            StateSpace.Generic => IsGeneric(address, bytes, isWrite),
            _ => IsClamped(address, spec.Space, bytes),
        };
        return isFenced || Ranges.Proves(memory, spec.Space, bytes);
    }

    private Instruction? Definition(Operand? operand, string opcode) =>
        operand is RegisterOperand { Register: var register } && _definitions[register] is [{ Instruction: { Guard: null } definition }]
            && definition.Opcode.Text == opcode
            ? definition
            : null;

    private bool IsMasked(Register address, int bytes, bool isWrite)
    {
        FenceOptions options = _context.Options;
        if (Definition(PassContext.Reg(address), "or.b64") is not { } placed)
        {
            return false;
        }

        bool based = options.RegionBase is { } constant
            ? placed.Operands[2] is ImmediateOperand start && start.Bits == constant
            : placed.Operands[2] is RegisterOperand r && r.Register == _context.Hidden(HiddenParameter.RegionBase);
        if (!based || Definition(placed.Operands[1], "and.b64") is not { } masked)
        {
            return false;
        }

        if (options.RegionBits is { } bits)
        {
            ulong allowed = ((1UL << (isWrite ? bits - 1 : bits)) - 1) & ~(ulong)(bytes - 1);
            return masked.Operands[2] is ImmediateOperand mask && (mask.Bits & ~allowed) == 0;
        }

        // With the mask in a parameter, alignment is a second step.
        if (bytes > 1)
        {
            if (masked.Operands[2] is not ImmediateOperand alignment || alignment.Bits != unchecked((ulong)-bytes)
                || Definition(masked.Operands[1], "and.b64") is not { } inner)
            {
                return false;
            }

            masked = inner;
        }

        return masked.Operands[2] is RegisterOperand register
            && register.Register.Name.StartsWith(isWrite ? "%tw_writemask" : "%tw_regionmask", StringComparison.Ordinal);
    }

    private bool IsClamped(Register address, StateSpace space, int bytes)
    {
        if (Definition(PassContext.Reg(address), "min.u32") is not { } lowered)
        {
            return false;
        }

        if (Definition(lowered.Operands[1], "max.u32") is not { } raised)
        {
            return IsBound(lowered.Operands[2], "last") && lowered.Operands[1] is RegisterOperand { Register: var known }
                && Ranges.ProvesBegin(known, 0, space, bytes);
        }

        bool aligned = bytes == 1
            || (Definition(raised.Operands[1], "and.b32")?.Operands[2] is ImmediateOperand mask
                && mask.Bits == unchecked((ulong)-bytes));
        return aligned && IsBound(lowered.Operands[2], "last") && IsBound(raised.Operands[2], "first");
    }

    /// <summary>Bounds are computed in the prologue, which is checked where it is made.</summary>
    private bool IsBound(Operand operand, string name) =>
        operand is RegisterOperand { Register: var register } && _definitions[register].IsEmpty
            && register.Name.StartsWith("%tw_", StringComparison.Ordinal)
            && register.Name.Contains(name, StringComparison.Ordinal);

    private bool IsGeneric(Register address, int bytes, bool isWrite)
    {
        // Each selp chooses between a window's clamped address, made generic, and what was safe before.
        Register current = address;
        while (Definition(PassContext.Reg(current), "selp.b64") is { } choice)
        {
            bool inside = Definition(choice.Operands[1], $"cvta.{WindowOf(choice).Name()}.u64") is { } generic
                && Definition(generic.Operands[1], "cvt.u64.u32") is { } wide
                && wide.Operands[1] is RegisterOperand clamped && IsClamped(clamped.Register, WindowOf(choice), bytes);
            if (!inside || choice.Operands[2] is not RegisterOperand otherwise)
            {
                return false;
            }

            current = otherwise.Register;
        }

        return IsMasked(current, bytes, isWrite);
    }

    /// <summary>The space that a choice between addresses asked for; <see cref="StateSpace.Generic"/> when it did not.</summary>
    private StateSpace WindowOf(Instruction choice) =>
        choice.Operands[3] is RegisterOperand { Register: var predicate }
            && _definitions[predicate] is [{ Instruction: { Opcode.Mnemonic: "isspacep" } test }]
            ? test.Opcode.Space
            : StateSpace.Generic;
}
