namespace TensorWasm.Host.Tests;

/// <summary>A function of an interface.</summary>
public sealed record WitFunction(
    string Name, IReadOnlyList<(string Name, string Type)> Parameters, string? Result, string Documentation);
