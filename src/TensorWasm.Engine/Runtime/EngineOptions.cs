namespace TensorWasm.Engine;

/// <summary>How an engine compiles.</summary>
public sealed record EngineOptions
{
    /// <summary>How out-of-bounds accesses are caught: by guard pages where the system has them.</summary>
    public BoundsChecks BoundsChecks { get; init; } = BoundsChecks.Automatic;

    /// <summary>Whether guests use up fuel, see <see cref="Store.Fuel"/>: deterministic, at a cost in speed.</summary>
    public bool CountFuel { get; init; }
}
