namespace TensorWasm.Runtime;

/// <summary>What a deployment or an update led to.</summary>
/// <param name="Function">The function as it is now.</param>
/// <param name="Version">The version that was made, or the latest one where none was.</param>
/// <param name="IsNew">Whether a version was made.</param>
public sealed record Deployment(FunctionRecord Function, FunctionVersion Version, bool IsNew);
