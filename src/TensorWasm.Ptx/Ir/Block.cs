using TensorWasm.Ptx.Isa;

namespace TensorWasm.Ptx.Ir;

/// <summary>A basic block: instructions that run one after another; only the last may be a terminator.</summary>
public sealed class Block
{
    private readonly List<Instruction> _instructions = [];

    internal Block(Label label)
    {
        Label = label;
        label.Block = this;
    }

    /// <summary>Its label.</summary>
    public Label Label { get; }

    /// <summary>Its instructions.</summary>
    public IReadOnlyList<Instruction> Instructions => _instructions;

    /// <summary>Where control goes when it does not jump; null when it cannot.</summary>
    public Block? Next { get; internal set; }

    internal List<Instruction> Code => _instructions;

    /// <summary>Its place in the graph of its kernel that was made last.</summary>
    internal int Index { get; set; }

    /// <summary>The terminator, or null when the block just goes on.</summary>
    public Instruction? Terminator =>
        _instructions.Count > 0 && _instructions[^1].Opcode.IsTerminator ? _instructions[^1] : null;

    /// <summary>Labels the terminator may jump to.</summary>
    public IEnumerable<Label> Targets => Terminator?.Opcode.Effect switch
    {
        Effect.Branch => [((LabelOperand)Terminator.Operands[0]).Label],
        Effect.BranchTable => ((TableOperand)Terminator.Operands[1]).Labels,
        _ => [],
    };

    /// <summary>True when control can go on to <see cref="Next"/>: no terminator, or a guarded one.</summary>
    public bool FallsThrough => Terminator is not { Guard: null };

    /// <inheritdoc/>
    public override string ToString() => Label.Name;
}
