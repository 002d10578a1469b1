using TensorWasm.Ptx.Isa;
using TensorWasm.Ptx.Syntax;

namespace TensorWasm.Ptx.Ir;

/// <summary>A verified instruction. Immutable; a pass replaces it by a changed copy.</summary>
public sealed class Instruction
{
    private readonly Operand[] _operands;
    private Register[]? _reads;
    private Register[]? _writes;

    internal Instruction(
        PtxOpcode opcode, Operand[] operands, Guard? guard, SourcePosition position, string? reason = null)
    {
        Opcode = opcode;
        _operands = operands;
        Guard = guard;
        Position = position;
        Reason = reason;
    }

    /// <summary>What it does.</summary>
    public PtxOpcode Opcode { get; }

    /// <summary>Its operands; those beyond are optional ones left out.</summary>
    public ArrayView<Operand> Operands => new(_operands);

    /// <summary>The guard, or null.</summary>
    public Guard? Guard { get; }

    /// <summary>Where it stood; for an inserted instruction, the place of the one it was inserted for.</summary>
    public SourcePosition Position { get; }

    /// <summary>Why a pass inserted or changed it; null for the author's own.</summary>
    public string? Reason { get; }

    /// <summary>Registers it reads, guard and address registers included.</summary>
    public ArrayView<Register> Reads => new(_reads ??= Collect(written: false));

    /// <summary>Registers it writes.</summary>
    public ArrayView<Register> Writes => new(_writes ??= Collect(written: true));

    /// <inheritdoc/>
    public override string ToString() => IrPrinter.Print(this);

    internal Instruction With(Operand[]? operands = null, PtxOpcode? opcode = null, string? reason = null) =>
        new(opcode ?? Opcode, operands ?? _operands, Guard, Position, reason ?? Reason);

    internal Instruction WithGuard(Guard? guard, string reason) => new(Opcode, _operands, guard, Position, reason);

    internal Instruction WithOperand(int index, Operand operand, string? reason = null)
    {
        Operand[] operands = [.. _operands];
        operands[index] = operand;
        return With(operands, reason: reason);
    }

    private Register[] Collect(bool written)
    {
        var all = new Found();
        Visit(written, ref all);
        if (all.Count <= 1)
        {
            return all.First?.Alone ?? [];
        }

        var registers = new Register[all.Count];
        all = new Found { Registers = registers };
        Visit(written, ref all);
        return registers;
    }

    private void Visit(bool written, ref Found found)
    {
        ReadOnlySpan<OperandSpec> specs = Opcode.Operands.Span;
        for (int i = 0; i < _operands.Length; i++)
        {
            Visit(_operands[i], written ? specs[i].IsWritten : specs[i].IsRead, written, ref found);
        }

        if (!written && Guard is { } guard)
        {
            found.Add(guard.Register);
        }
    }

    private static void Visit(Operand operand, bool wanted, bool written, ref Found found)
    {
        switch (operand)
        {
            case RegisterOperand register when wanted:
                found.Add(register.Register);
                break;
            case MemoryOperand { Base: { } address } when !written:
                found.Add(address);
                break;
            case VectorOperand vector:
                foreach (Operand element in vector.Elements)
                {
                    Visit(element, wanted, written, ref found);
                }

                break;
            case PairOperand pair:
                Visit(pair.First, wanted, written, ref found);
                Visit(pair.Second, wanted, written, ref found);
                break;
        }
    }

    /// <summary>Registers that were found: counted, and kept where there is room for them.</summary>
    private struct Found
    {
        public Register[]? Registers;
        public Register? First;
        public int Count;

        public void Add(Register register)
        {
            First ??= register;
            if (Registers is { } registers)
            {
                registers[Count] = register;
            }

            Count++;
        }
    }
}
