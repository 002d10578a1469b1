namespace TensorWasm.Host.Tests;

/// <summary>The one interface of a WIT file, as far as ours use the language: numbers, enumerations, flags.</summary>
public sealed class WitInterface
{
    /// <summary>The package with its version, such as <c>tensorwasm:gpu@0.1.0</c>.</summary>
    public required string Package { get; init; }

    public required string PackageDocumentation { get; init; }

    public required string Name { get; init; }

    public required string Documentation { get; init; }

    public required IReadOnlyList<WitCase> Aliases { get; init; }

    public required IReadOnlyList<WitChoice> Choices { get; init; }

    public required IReadOnlyList<WitFunction> Functions { get; init; }

    /// <summary>The name that core modules import from.</summary>
    public string ModuleName => Package.Replace("@", $"/{Name}@", StringComparison.Ordinal);

    /// <summary>A type's core type, by the Canonical ABI's flattening.</summary>
    public string Flatten(string type) => type switch
    {
        "u8" or "s8" or "u16" or "s16" or "u32" or "s32" or "bool" or "char" => "i32",
        "u64" or "s64" => "i64",
        "f32" or "f64" => type,
        _ when Aliases.FirstOrDefault(alias => alias.Name == type) is { } alias => Flatten(alias.Type!),
        _ when Choices.FirstOrDefault(choice => choice.Name == type) is { Cases.Count: <= 32 } => "i32",
        _ => throw new InvalidDataException($"type {type}"),
    };
}
