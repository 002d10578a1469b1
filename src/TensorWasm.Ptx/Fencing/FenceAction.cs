namespace TensorWasm.Ptx.Fencing;

/// <summary>Kinds of <see cref="FenceNote"/>.</summary>
public enum FenceAction
{
    /// <summary>An access was fenced.</summary>
    Fenced,

    /// <summary>An access was proven to stay inside and left alone.</summary>
    Proven,

    /// <summary>A loop got an unfenced clone behind a range check.</summary>
    Versioned,

    /// <summary>A loop was considered for versioning and kept its fences.</summary>
    NotVersioned,

    /// <summary>A deadline poll was inserted.</summary>
    Polled,

    /// <summary>A loop was proven to be short and is not polled.</summary>
    Short,

    /// <summary>Something else was inserted or replaced.</summary>
    Rewritten,
}
