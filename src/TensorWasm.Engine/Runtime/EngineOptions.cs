using TensorWasm.Engine.Compilation;

namespace TensorWasm.Engine;

/// <summary>How an engine compiles.</summary>
public sealed record EngineOptions
{
    /// <summary>How out-of-bounds accesses are caught: by guard pages where the system has them.</summary>
    public BoundsChecks BoundsChecks { get; init; } = BoundsChecks.Automatic;

    /// <summary>Whether guests use up fuel, see <see cref="Store.Fuel"/>: deterministic, at a cost in speed.</summary>
    public bool CountFuel { get; init; }

    /// <summary>
    /// Whether a module's code goes when the module is no longer used. Without it, code starts sooner, since the runtime
    /// first compiles it quickly and again when it proves hot, and may come from <see cref="CodeCache"/>; but it stays
    /// until the process ends. For processes that run one module, or the same few.
    /// </summary>
    public bool UnloadsCode { get; init; } = true;

    /// <summary>
    /// A folder in which compiled code is kept, so that a later process need not compile it again; it must belong to this
    /// user alone. Used where <see cref="UnloadsCode"/> is off; <see cref="WasmEngine.Precompile"/> fills it.
    /// </summary>
    public string? CodeCache { get; init; }

    /// <summary>Beyond which size functions are divided.</summary>
    internal JitLimits JitLimits { get; init; } = JitLimits.RyuJit;
}
