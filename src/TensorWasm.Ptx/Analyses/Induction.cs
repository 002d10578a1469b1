using TensorWasm.Ptx.Ir;

namespace TensorWasm.Ptx.Analyses;

/// <summary>How a register changes once in each iteration of a loop.</summary>
/// <param name="Point">Where it changes.</param>
/// <param name="Constant">By how much, when <paramref name="Register"/> is null.</param>
/// <param name="Register">The invariant register that is added, or null.</param>
internal sealed record Induction(CodePoint Point, long Constant, Register? Register);
