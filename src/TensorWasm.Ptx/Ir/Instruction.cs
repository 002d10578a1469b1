using TensorWasm.Ptx.Isa;
using TensorWasm.Ptx.Syntax;

namespace TensorWasm.Ptx.Ir;

/// <summary>A verified instruction. Immutable; a pass replaces it by a changed copy.</summary>
public sealed class Instruction
{
    private Register[]? _reads;
    private Register[]? _writes;

    internal Instruction(
        PtxOpcode opcode, IReadOnlyList<Operand> operands, Guard? guard, SourcePosition position, string? reason = null)
    {
        Opcode = opcode;
        Operands = operands;
        Guard = guard;
        Position = position;
        Reason = reason;
    }

    /// <summary>What it does.</summary>
    public PtxOpcode Opcode { get; }

    /// <summary>Its operands; those beyond are optional ones left out.</summary>
    public IReadOnlyList<Operand> Operands { get; }

    /// <summary>The guard, or null.</summary>
    public Guard? Guard { get; }

    /// <summary>Where it stood; for an inserted instruction, the place of the one it was inserted for.</summary>
    public SourcePosition Position { get; }

    /// <summary>Why a pass inserted or changed it; null for the author's own.</summary>
    public string? Reason { get; }

    /// <summary>Registers it reads, guard and address registers included.</summary>
    public IReadOnlyList<Register> Reads => Read;

    /// <summary>Registers it writes.</summary>
    public IReadOnlyList<Register> Writes => Written;

    /// <summary><see cref="Reads"/>, as passes walk them.</summary>
    internal Register[] Read => _reads ??= Collect(written: false);

    /// <summary><see cref="Writes"/>, as passes walk them.</summary>
    internal Register[] Written => _writes ??= Collect(written: true);

    /// <inheritdoc/>
    public override string ToString() => IrPrinter.Print(this);

    internal Instruction With(
        IReadOnlyList<Operand>? operands = null, PtxOpcode? opcode = null, string? reason = null) =>
        new(opcode ?? Opcode, operands ?? Operands, Guard, Position, reason ?? Reason);

    internal Instruction WithGuard(Guard? guard, string reason) => new(Opcode, Operands, guard, Position, reason);

    internal Instruction WithOperand(int index, Operand operand, string? reason = null)
    {
        Operand[] operands = [.. Operands];
        operands[index] = operand;
        return With(operands, reason: reason);
    }

    private Register[] Collect(bool written)
    {
        Register[]? found = null;
        int count = Visit(written, found);
        if (count == 0)
        {
            return [];
        }

        found = new Register[count];
        Visit(written, found);
        return found;
    }

    /// <summary>Counts the registers, and keeps them where there is room for them.</summary>
    private int Visit(bool written, Register[]? found)
    {
        int count = 0;
        for (int i = 0; i < Operands.Count; i++)
        {
            OperandSpec spec = Opcode.Operands[i];
            Visit(Operands[i], written ? spec.IsWritten : spec.IsRead, written, found, ref count);
        }

        if (!written && Guard is { } guard)
        {
            Add(guard.Register, found, ref count);
        }

        return count;
    }

    private static void Visit(Operand operand, bool wanted, bool written, Register[]? found, ref int count)
    {
        switch (operand)
        {
            case RegisterOperand register when wanted:
                Add(register.Register, found, ref count);
                break;
            case MemoryOperand { Base: { } address } when !written:
                Add(address, found, ref count);
                break;
            case VectorOperand vector:
                for (int i = 0; i < vector.Elements.Count; i++)
                {
                    Visit(vector.Elements[i], wanted, written, found, ref count);
                }

                break;
            case PairOperand pair:
                Visit(pair.First, wanted, written, found, ref count);
                Visit(pair.Second, wanted, written, found, ref count);
                break;
        }
    }

    private static void Add(Register register, Register[]? found, ref int count)
    {
        if (found is not null)
        {
            found[count] = register;
        }

        count++;
    }
}
