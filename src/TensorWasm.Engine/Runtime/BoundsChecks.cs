namespace TensorWasm.Engine;

/// <summary>How out-of-bounds accesses to linear memory are caught.</summary>
public enum BoundsChecks
{
    /// <summary>By guard pages where the system has them, otherwise explicitly.</summary>
    Automatic,

    /// <summary>By guard pages; an engine can't be made where they are missing.</summary>
    GuardPages,

    /// <summary>By a comparison before each access.</summary>
    Explicit,
}
