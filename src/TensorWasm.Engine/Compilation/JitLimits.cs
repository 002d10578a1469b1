namespace TensorWasm.Engine.Compilation;

/// <summary>
/// Beyond these a method is compiled without optimisation (RyuJIT, compiler.h, DEFAULT_MIN_OPTS_*). Code compiled ahead of
/// time has no such limits.
/// </summary>
internal static class JitLimits
{
    /// <summary>Bytes of CIL.</summary>
    internal const int CodeSize = 60_000;

    /// <summary>CIL instructions.</summary>
    internal const int Instructions = 20_000;

    /// <summary>Basic blocks.</summary>
    internal const int BasicBlocks = 2_000;

    /// <summary>Local variables; the JIT's own temporaries count, too.</summary>
    internal const int Locals = 2_000;

    /// <summary>References to local variables.</summary>
    internal const int LocalReferences = 8_000;

    /// <summary>Whether a method is beyond any of them, by what can be known before the JIT has seen it.</summary>
    internal static bool AreExceeded(int codeSize, int instructions, int basicBlocks, int locals, int localReferences) =>
        codeSize > CodeSize
        || instructions > Instructions
        || basicBlocks > BasicBlocks
        || locals > Locals
        || localReferences > LocalReferences;
}
