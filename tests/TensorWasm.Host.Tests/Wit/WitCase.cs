namespace TensorWasm.Host.Tests;

/// <summary>A case of an enumeration, a flag, or an alias of a type (whose target <paramref name="Type"/> is).</summary>
public sealed record WitCase(string Name, string Documentation, string? Type = null);
