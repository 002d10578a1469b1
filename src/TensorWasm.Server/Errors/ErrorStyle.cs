namespace TensorWasm.Server;

/// <summary>Which clients an error's body is for.</summary>
internal enum ErrorStyle
{
    /// <summary><c>{"error":{"kind","message"}}</c>.</summary>
    Native,

    /// <summary><c>{"error":{"message","type","param","code"}}</c>, all four keys always present.</summary>
    OpenAi,
}
