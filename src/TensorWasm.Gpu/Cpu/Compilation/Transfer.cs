namespace TensorWasm.Gpu.Cpu.Compilation;

/// <summary>Why compiled code returned before its warp's end; the upper bits of its result are the state to resume.</summary>
internal static class Transfer
{
    /// <summary>The warp waits at a barrier.</summary>
    internal const int Barrier = 1;

    /// <summary>The code goes on in another method.</summary>
    internal const int Jump = 2;

    /// <summary>An affine rule does not hold; the code goes on where none are assumed.</summary>
    internal const int Generalize = 3;

    internal static int Encode(int state, int kind) => (state << 2) | kind;
}
