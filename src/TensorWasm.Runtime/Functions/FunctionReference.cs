using System.Globalization;

namespace TensorWasm.Runtime;

/// <summary>Names a version of a function.</summary>
/// <param name="Function">The function.</param>
/// <param name="Qualifier">An alias, a version's number in decimal, or null for the latest version.</param>
public readonly record struct FunctionReference(Guid Function, string? Qualifier = null)
{
    /// <summary>Names a function's latest version.</summary>
    public static implicit operator FunctionReference(Guid function) => new(function);

    /// <summary>Names a version by its number.</summary>
    public static FunctionReference ToVersion(Guid function, int number) =>
        new(function, number.ToString(CultureInfo.InvariantCulture));

    /// <summary>The identity, and the qualifier after an @.</summary>
    public override string ToString() => Qualifier is null ? $"{Function}" : $"{Function}@{Qualifier}";
}
