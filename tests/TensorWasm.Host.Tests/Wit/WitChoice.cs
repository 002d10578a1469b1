namespace TensorWasm.Host.Tests;

/// <summary>An enumeration or a set of flags.</summary>
public sealed record WitChoice(string Name, bool IsFlags, IReadOnlyList<WitCase> Cases, string Documentation);
