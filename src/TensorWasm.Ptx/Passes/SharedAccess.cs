using TensorWasm.Ptx.Ir;

namespace TensorWasm.Ptx.Passes;

/// <summary>An access to shared memory whose place in a variable is bounded by what its address was computed from.</summary>
/// <param name="Instruction">The instruction.</param>
/// <param name="Variable">The variable; the dynamic array, as a rule, whose size only the launch knows.</param>
/// <param name="Bytes">Bytes from the variable's address within which it lies.</param>
/// <param name="Matrix">The extent of a matrix that starts there at most; null for anything else.</param>
internal sealed record SharedAccess(Instruction Instruction, Variable Variable, long Bytes, MatrixExtent? Matrix)
{
    /// <summary>
    /// Bytes that a matrix reaches beyond its extent, because it may start where a row of 32 bytes does not end with its
    /// line.
    /// </summary>
    public int Excess { get; init; }
}
