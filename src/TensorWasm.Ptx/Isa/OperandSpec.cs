namespace TensorWasm.Ptx.Isa;

/// <summary>One operand of an instruction form, with its types resolved.</summary>
public sealed record OperandSpec
{
    /// <summary>What may stand here.</summary>
    public required OperandKind Kind { get; init; }

    /// <summary>True when the instruction reads it.</summary>
    public bool IsRead { get; init; }

    /// <summary>True when the instruction writes it.</summary>
    public bool IsWritten { get; init; }

    /// <summary>The type of a value.</summary>
    public PtxType? Type { get; init; }

    /// <summary>Number of vector elements; 0 for a scalar.</summary>
    public int Count { get; init; }

    /// <summary>The space of a memory operand.</summary>
    public StateSpace Space { get; init; }

    /// <summary>True when a predicate may be negated.</summary>
    public bool CanNegate { get; init; }

    /// <summary>True when special registers and addresses of variables may stand here.</summary>
    public bool CanBeSpecial { get; init; }

    /// <summary>True when the operand may be left out.</summary>
    public bool IsOptional { get; init; }

    /// <summary>A second, optional destination after '|', or null.</summary>
    public PtxType? PairType { get; init; }

    /// <summary>Lowest constant.</summary>
    public long Minimum { get; init; }

    /// <summary>Highest constant.</summary>
    public long Maximum { get; init; }
}
