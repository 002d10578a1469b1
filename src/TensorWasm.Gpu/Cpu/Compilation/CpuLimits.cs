namespace TensorWasm.Gpu.Cpu.Compilation;

/// <summary>What a kernel may cost the compiler; hostile kernels are refused beyond it instead of stalling it.</summary>
internal static class CpuLimits
{
    /// <summary>Most instructions of a kernel: far above what compilers emit for one.</summary>
    internal const int Instructions = 1 << 15;

    /// <summary>Most blocks: the sets of pending blocks are quadratic in them.</summary>
    internal const int Blocks = 1 << 12;

    /// <summary>Most bits of the liveness sets, registers times blocks: 16 MiB.</summary>
    internal const long LivenessBits = 1L << 27;

    /// <summary>Deepest loop nest that is ordered loop by loop; code below it keeps its plain order.</summary>
    internal const int LoopDepth = 64;

    /// <summary>Most rounds of the shape analysis before every value is taken to differ between threads.</summary>
    internal const int ShapeRounds = 64;

    /// <summary>
    /// CIL references to locals after which a method is cut: RyuJIT gives up optimising at 8,000 (compiler.h,
    /// DEFAULT_MIN_OPTS_LV_REF_COUNT) or 60,000 bytes.
    /// </summary>
    internal const int MethodWeight = 5_000;
}
