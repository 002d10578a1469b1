namespace TensorWasm.Engine;

/// <summary>The module is valid but uses a feature that this engine does not execute.</summary>
public sealed class UnsupportedFeatureException(string message) : Exception(message);
