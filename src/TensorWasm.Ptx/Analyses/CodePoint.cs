namespace TensorWasm.Ptx.Analyses;

/// <summary>An instruction's place: index of its block and index in it.</summary>
internal readonly record struct CodePoint(int Block, int Index);
