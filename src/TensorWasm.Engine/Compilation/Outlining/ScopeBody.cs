namespace TensorWasm.Engine.Compilation;

/// <summary>The instructions of a scope, or of one arm of an if.</summary>
internal sealed class ScopeBody(Scope scope, int start)
{
    internal Scope Scope { get; } = scope;

    /// <summary>The position of its first instruction.</summary>
    internal int Start { get; } = start;

    /// <summary>The bodies directly inside, in order.</summary>
    internal List<ScopeBody> Children { get; } = [];

    /// <summary>Where statements begin and end, in order.</summary>
    internal List<Boundary> Boundaries { get; } = [];
}
