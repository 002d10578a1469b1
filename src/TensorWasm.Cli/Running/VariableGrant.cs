namespace TensorWasm.Cli;

/// <summary>An environment variable that the guest gets.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Value">Its value; null if it was to be passed on, but is not set.</param>
internal sealed record VariableGrant(string Name, string? Value)
{
    /// <summary>Reads NAME=VALUE, or NAME for a variable of this process; null if there is no name.</summary>
    internal static VariableGrant? Parse(string text)
    {
        var mark = text.IndexOf('=', StringComparison.Ordinal);
        if (mark == 0 || text.Length == 0) return null;
        return mark > 0
            ? new VariableGrant(text[..mark], text[(mark + 1)..])
            : new VariableGrant(text, Environment.GetEnvironmentVariable(text));
    }
}
