namespace TensorWasm.Engine.Compilation;

/// <summary>
/// How to emit an instruction as calls of methods that RyuJIT always expands in place. The operands lie on the
/// evaluation stack in the guest's order; the result replaces them.
/// </summary>
/// <param name="Steps">The steps, in order.</param>
internal sealed record VectorIntrinsic(params VectorStep[] Steps)
{
    /// <summary>Writes the steps.</summary>
    /// <param name="il">Where to.</param>
    /// <param name="references">Gives the methods' tokens.</param>
    /// <param name="lane">The lane index, for an instruction that has one.</param>
    public void Emit(IlWriter il, References references, int lane = 0)
    {
        foreach (var step in Steps) step.Emit(il, references, lane);
    }
}
