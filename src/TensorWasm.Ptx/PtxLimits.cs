namespace TensorWasm.Ptx;

/// <summary>What a PTX module may cost before anything looks at its meaning.</summary>
public sealed record PtxLimits
{
    /// <summary>The limits used when none are given.</summary>
    public static PtxLimits Default { get; } = new();

    /// <summary>Most bytes of text: 4 MiB, eight times the largest kernel library module seen from a compiler.</summary>
    public int MaxBytes { get; init; } = 4 << 20;

    /// <summary>Longest line, in characters: 65,536. A wgmma with 128 registers needs about 1,200.</summary>
    public int MaxLineLength { get; init; } = 1 << 16;

    /// <summary>Deepest nesting of <c>{ }</c> scopes and operand groups: 64.</summary>
    public int MaxNesting { get; init; } = 64;

    /// <summary>Most instructions in a module: 262,144.</summary>
    public int MaxInstructions { get; init; } = 1 << 18;

    /// <summary>
    /// Most basic blocks of a kernel: 8,192, fifty times what a compiler makes of an attention kernel. The driver's
    /// assembler takes more than a minute for 60,000 that jump about.
    /// </summary>
    public int MaxBlocks { get; init; } = 1 << 13;

    /// <summary>Most registers one function may declare: 262,144. The hardware has 255 a thread.</summary>
    public int MaxRegisters { get; init; } = 1 << 18;

    /// <summary>Most declared names in a module, register ranges counted once: 65,536.</summary>
    public int MaxSymbols { get; init; } = 1 << 16;

    /// <summary>Most functions and kernels in a module: 1,024.</summary>
    public int MaxFunctions { get; init; } = 1024;

    /// <summary>Most variables at module scope: 4,096.</summary>
    public int MaxModuleVariables { get; init; } = 4096;

    /// <summary>Most elements of one vector operand, argument list or initialiser: 65,536.</summary>
    public int MaxListLength { get; init; } = 1 << 16;

    /// <summary>Most diagnostics reported: 100.</summary>
    public int MaxDiagnostics { get; init; } = 100;

    /// <summary>Largest static shared, local, constant or global data of one kernel, in bytes: 16 MiB.</summary>
    public long MaxVariableBytes { get; init; } = 16 << 20;
}
