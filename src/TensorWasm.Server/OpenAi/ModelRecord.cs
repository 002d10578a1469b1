namespace TensorWasm.Server;

/// <summary>One record that a model emitted: see docs/model-interface.md.</summary>
internal sealed record ModelRecord
{
    /// <summary>Which choice, or which input of an embedding, it belongs to.</summary>
    internal int Index { get; init; }

    internal int? PromptTokens { get; init; }

    /// <summary>A token's text; may be empty.</summary>
    internal string? Token { get; init; }

    internal double? Logprob { get; init; }

    /// <summary>The likeliest tokens in its place.</summary>
    internal IReadOnlyList<(string Token, double Logprob)> Top { get; init; } = [];

    /// <summary>Why the choice ended.</summary>
    internal string? Finish { get; init; }

    internal (string Id, string Name, string Arguments)? ToolCall { get; init; }

    internal float[]? Embedding { get; init; }

    internal GatewayError? Error { get; init; }
}
