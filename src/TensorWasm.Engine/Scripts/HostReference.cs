namespace TensorWasm.Engine.Scripts;

/// <summary>The host value that scripts write as <c>ref.extern n</c>.</summary>
/// <param name="Number">The number that tells it from others.</param>
public sealed record HostReference(uint Number);
