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
    public IReadOnlyList<Register> Reads => _reads ??= Collect(written: false);

    /// <summary>Registers it writes.</summary>
    public IReadOnlyList<Register> Writes => _writes ??= Collect(written: true);

    /// <inheritdoc/>
    public override string ToString() => PtxPrinter.Print(IrSyntax.Of(this));

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
        List<Register> found = [];
        for (int i = 0; i < Operands.Count; i++)
        {
            OperandSpec spec = Opcode.Operands[i];
            Collect(Operands[i], written ? spec.IsWritten : spec.IsRead, written, found);
        }

        if (!written && Guard is { } guard)
        {
            found.Add(guard.Register);
        }

        return [.. found];
    }

    private static void Collect(Operand operand, bool wanted, bool written, List<Register> found)
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
                    Collect(element, wanted, written, found);
                }

                break;
            case PairOperand pair:
                Collect(pair.First, wanted, written, found);
                Collect(pair.Second, wanted, written, found);
                break;
        }
    }
}
