namespace TensorWasm.Ptx.Isa;

/// <summary>
/// An opcode with its suffixes, resolved against the whitelist: one of the forms that its text can mean (the operands
/// decide which). Instances are shared and immutable.
/// </summary>
public sealed class PtxOpcode
{
    private readonly InstructionForm _form;
    private readonly string[] _suffixes;
    private readonly OperandSpec[] _operands;
    private readonly IReadOnlyDictionary<string, string> _captures;

    internal PtxOpcode(
        string text, string[] suffixes, InstructionForm form, IReadOnlyDictionary<string, string> captures)
    {
        Text = text;
        _suffixes = suffixes;
        _form = form;
        Effect = form.Effect;
        IsTerminator = Effect is Effect.Branch or Effect.BranchTable or Effect.Return or Effect.Exit or Effect.Trap;
        _captures = captures;
        _operands = form.ResolveOperands(captures);
        RequiredOperands = _operands.Count(spec => !spec.IsOptional);
        int dot = text.IndexOf('.', StringComparison.Ordinal);
        Mnemonic = dot < 0 ? text : text[..dot];
        Space = StateSpaces.Parse(captures.GetValueOrDefault("S"));
        Type = captures.TryGetValue("T", out string? type) ? PtxType.Find(type) : null;
        SourceType = captures.TryGetValue("A", out string? source) ? PtxType.Find(source) : null;
        Vector = captures.TryGetValue("V", out string? vector) ? vector[1] - '0' : 1;
    }

    /// <summary>The opcode as written, for example <c>ld.global.v4.b32</c>.</summary>
    public string Text { get; }

    /// <summary>The first word.</summary>
    public string Mnemonic { get; }

    /// <summary>The words after it, in order.</summary>
    public IReadOnlyList<string> Suffixes => _suffixes;

    /// <summary>What its operands must be.</summary>
    public ArrayView<OperandSpec> Operands => new(_operands);

    /// <summary>What it does beyond computing registers.</summary>
    public Effect Effect { get; }

    /// <summary>The instruction type (the destination's, where there are several), or null.</summary>
    public PtxType? Type { get; }

    /// <summary>The second instruction type, such as the source of <c>cvt</c>, or null.</summary>
    public PtxType? SourceType { get; }

    /// <summary>The state space it names.</summary>
    public StateSpace Space { get; }

    /// <summary>2, 4 or 8 for a vector access; 1 otherwise.</summary>
    public int Vector { get; }

    /// <summary>Bytes that one memory access touches; 16 for a matrix row (PTX ISA 9.7.14.5.15).</summary>
    public int AccessBytes => Effect switch
    {
        Effect.Load or Effect.Store or Effect.Atomic or Effect.Reduction => (Type?.Bytes ?? 1) * Vector,
        Effect.MatrixLoad or Effect.MatrixStore => 16,
        _ => 1,
    };

    /// <summary>True when control does not simply go on to the next instruction.</summary>
    public bool IsTerminator { get; }

    /// <summary>How many operands it has at least.</summary>
    internal int RequiredOperands { get; }

    internal int MinimumSm => _form.MinimumSm;

    internal bool IsArchitectureSpecific => _form.IsArchitectureSpecific;

    internal bool IsRelaxed => _form.IsRelaxed;

    /// <summary>The suffix captured under a slot name of the table, or null.</summary>
    /// <param name="slot">The slot, for example <c>C</c> for a comparison.</param>
    /// <returns>The suffix without its dot.</returns>
    public string? Modifier(string slot) => _captures.GetValueOrDefault(slot);

    /// <summary>Whether the opcode has a suffix.</summary>
    /// <param name="suffix">The suffix without its dot.</param>
    /// <returns>True when it does.</returns>
    public bool Has(string suffix)
    {
        foreach (string own in _suffixes)
        {
            if (own == suffix)
            {
                return true;
            }
        }

        return false;
    }

    /// <inheritdoc/>
    public override string ToString() => Text;
}
