using TensorWasm.Ptx.Syntax;

namespace TensorWasm.Ptx.Fencing;

/// <summary>One thing the fence did to a kernel, or found it need not do.</summary>
/// <param name="Position">The place in the author's PTX.</param>
/// <param name="Instruction">The author's instruction, or what was inserted.</param>
/// <param name="Action">What was done.</param>
/// <param name="Reason">Why.</param>
public sealed record FenceNote(SourcePosition Position, string Instruction, FenceAction Action, string Reason);
