namespace TensorWasm.Runtime;

/// <summary>One version of a function: a module and settings, neither of which ever changes.</summary>
public sealed record FunctionVersion
{
    /// <summary>The function's identity.</summary>
    public required Guid Function { get; init; }

    /// <summary>The version's number.</summary>
    public required int Number { get; init; }

    /// <summary>The module.</summary>
    public required Digest Module { get; init; }

    /// <summary>The module's size in bytes.</summary>
    public required long ModuleBytes { get; init; }

    /// <summary>How it runs.</summary>
    public required FunctionSettings Settings { get; init; }

    /// <summary>When it was deployed.</summary>
    public required DateTimeOffset CreatedAt { get; init; }
}
