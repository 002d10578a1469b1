namespace TensorWasm.Wasm;

/// <summary>An import (section 2.5.11). The type is found by <see cref="Index"/> in the module's index space.</summary>
/// <param name="Module">The module name.</param>
/// <param name="Name">The item name.</param>
/// <param name="Kind">What is imported.</param>
/// <param name="Index">Its index in the index space of its kind; imports come first there.</param>
public sealed record Import(string Module, string Name, ExternalKind Kind, int Index);
