namespace TensorWasm.Ptx.Semantics;

/// <summary>A named <c>.branchtargets</c> list.</summary>
internal sealed record BranchTable(IReadOnlyList<string> Labels);
