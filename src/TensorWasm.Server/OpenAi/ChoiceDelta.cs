namespace TensorWasm.Server;

/// <summary>What a client gets at once of a choice.</summary>
/// <param name="Choice">The choice.</param>
/// <param name="Text">New text.</param>
/// <param name="Token">The token that it came with, if any.</param>
/// <param name="ToolCall">A tool call.</param>
internal sealed record ChoiceDelta(
    Choice Choice, string Text, ModelRecord? Token, (string Id, string Name, string Arguments)? ToolCall);
