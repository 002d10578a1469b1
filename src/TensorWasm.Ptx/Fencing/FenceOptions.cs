namespace TensorWasm.Ptx.Fencing;

/// <summary>How kernels are fenced.</summary>
public sealed record FenceOptions
{
    /// <summary>Smallest region: 2^16 bytes, so that halves and alignment bits never meet.</summary>
    public const int MinRegionBits = 16;

    /// <summary>Largest region: 2^46 bytes, below what any device addresses.</summary>
    public const int MaxRegionBits = 46;

    /// <summary>What an access outside the region does.</summary>
    public FenceMode Mode { get; init; } = FenceMode.Fence;

    /// <summary>
    /// The region's address as a constant, aligned to its size; null makes it a hidden parameter, so that one
    /// compiled module serves every tenant.
    /// </summary>
    public ulong? RegionBase { get; init; }

    /// <summary>
    /// Logarithm of the region's size; null makes the mask a hidden parameter, which costs an operation more per access.
    /// </summary>
    public int? RegionBits { get; init; } = 34;

    /// <summary>Whether loops whose address ranges can be checked before them run unfenced when the check holds.</summary>
    public bool VersionLoops { get; init; } = true;

    /// <summary>How loops are ended.</summary>
    public DeadlineKind Deadline { get; init; } = DeadlineKind.GlobalTimer;

    /// <summary>Iterations between two looks at the deadline.</summary>
    public int PollInterval { get; init; } = 1024;

    /// <summary>Whether shared memory is cleared first, so that a former tenant's data cannot be read from it.</summary>
    public bool ClearShared { get; init; } = true;

    /// <summary>Whether local arrays are cleared first, for the same reason.</summary>
    public bool ClearLocal { get; init; } = true;

    /// <summary>Whether the printed result is parsed and verified once more. Doubles the cost; tests do it always.</summary>
    public bool VerifyOutput { get; init; }

    internal void Validate()
    {
        if (RegionBits is < MinRegionBits or > MaxRegionBits)
        {
            throw new ArgumentException($"RegionBits must lie between {MinRegionBits} and {MaxRegionBits}.");
        }

        if (RegionBase is { } start && (RegionBits is not { } bits || (start & ((1UL << bits) - 1)) != 0))
        {
            throw new ArgumentException("A constant RegionBase needs RegionBits and must be aligned to the region's size.");
        }

        if (PollInterval is < 1 or > 1 << 20)
        {
            throw new ArgumentException("PollInterval must lie between 1 and 1,048,576.");
        }
    }
}
