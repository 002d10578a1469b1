namespace TensorWasm.Wasm;

/// <summary>An export (section 2.5.10).</summary>
/// <param name="Name">Its name, unique in the module.</param>
/// <param name="Kind">What is exported.</param>
/// <param name="Index">Its index in the index space of its kind.</param>
public sealed record Export(string Name, ExternalKind Kind, int Index);
