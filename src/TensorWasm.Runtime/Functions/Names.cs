namespace TensorWasm.Runtime;

/// <summary>What names may look like.</summary>
internal static class Names
{
    /// <summary>Most characters of a name.</summary>
    internal const int MaxLength = 128;

    /// <summary>A function's name: for people.</summary>
    internal static RuntimeError? CheckFunction(string name) =>
        name.Length is > 0 and <= MaxLength && !string.IsNullOrWhiteSpace(name) && !name.Any(char.IsControl)
            ? null
            : new RuntimeError(
                RuntimeErrorKind.InvalidName,
                $"A function's name has 1 to {MaxLength} characters, not all blank and none a control character.");

    /// <summary>An alias: it stands in addresses, and must not be taken for a number.</summary>
    internal static RuntimeError? CheckAlias(string name) =>
        name.Length is > 0 and <= MaxLength && char.IsAsciiLetter(name[0])
            && name.All(static c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_' or '.')
            ? null
            : new RuntimeError(
                RuntimeErrorKind.InvalidName,
                $"An alias has 1 to {MaxLength} letters, digits, '-', '_' or '.', the first a letter.");
}
