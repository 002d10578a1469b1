namespace TensorWasm.Engine.Compilation;

/// <summary>
/// Beyond these a method is compiled without optimisation (RyuJIT, compiler.h, DEFAULT_MIN_OPTS_*). Code compiled ahead of
/// time has no such limits.
/// </summary>
/// <param name="Size">Bytes, instructions, blocks and references to locals.</param>
/// <param name="Locals">Local variables and arguments.</param>
internal sealed record JitLimits(CodeSize Size, int Locals)
{
    /// <summary>Those of RyuJIT.</summary>
    internal static JitLimits RyuJit { get; } = new(new CodeSize(60_000, 20_000, 2_000, 8_000), 2_000);

    /// <summary>Limits that nearly every function is beyond: tests have as much code outlined as can be.</summary>
    internal static JitLimits Tiny { get; } = new(new CodeSize(60, 20, 4, 10), 2_000) { OutlinesAll = true };

    /// <summary>Whether parts are outlined even where that makes the code larger.</summary>
    internal bool OutlinesAll { get; private init; }

    /// <summary>Whether a method is beyond any of them, by what can be known before the JIT has seen it.</summary>
    internal bool AreExceeded(CodeSize size, int locals) => size.ShareOf(Size) > 1 || locals > Locals;
}
