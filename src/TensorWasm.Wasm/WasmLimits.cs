namespace TensorWasm.Wasm;

/// <summary>
/// Implementation limits (specification, appendix A.2). Values follow the limits that browsers share, the WebAssembly
/// JavaScript interface's section "Implementation-defined Limits", so that what runs there runs here.
/// </summary>
public static class WasmLimits
{
    /// <summary>Bytes of a module: 1 GiB.</summary>
    public const int MaxModuleSize = 1 << 30;

    /// <summary>Type definitions: 1,000,000.</summary>
    public const int MaxTypes = 1_000_000;

    /// <summary>Recursion groups: 1,000,000.</summary>
    public const int MaxRecursionGroups = 1_000_000;

    /// <summary>Depth of the subtype hierarchy: 63.</summary>
    public const int MaxSubtypingDepth = 63;

    /// <summary>Functions, imports included: 1,000,000.</summary>
    public const int MaxFunctions = 1_000_000;

    /// <summary>Imports: 1,000,000.</summary>
    public const int MaxImports = 1_000_000;

    /// <summary>Exports: 1,000,000.</summary>
    public const int MaxExports = 1_000_000;

    /// <summary>Globals: 1,000,000.</summary>
    public const int MaxGlobals = 1_000_000;

    /// <summary>Tags: 1,000,000.</summary>
    public const int MaxTags = 1_000_000;

    /// <summary>Data segments: 100,000.</summary>
    public const int MaxDataSegments = 100_000;

    /// <summary>Element segments: 10,000,000.</summary>
    public const int MaxElementSegments = 10_000_000;

    /// <summary>Elements of one segment: 10,000,000.</summary>
    public const int MaxElements = 10_000_000;

    /// <summary>Tables: 100,000.</summary>
    public const int MaxTables = 100_000;

    /// <summary>Memories: 100.</summary>
    public const int MaxMemories = 100;

    /// <summary>Parameters of a function: 1,000.</summary>
    public const int MaxParameters = 1_000;

    /// <summary>Results of a function: 1,000.</summary>
    public const int MaxResults = 1_000;

    /// <summary>Locals of a function, parameters included: 50,000.</summary>
    public const int MaxLocals = 50_000;

    /// <summary>Bytes of a function body: 7,654,321.</summary>
    public const int MaxFunctionSize = 7_654_321;

    /// <summary>Fields of a structure: 10,000.</summary>
    public const int MaxFields = 10_000;

    /// <summary>Targets of a br_table: 65,520.</summary>
    public const int MaxBranchTableTargets = 65_520;

    /// <summary>Operands of array.new_fixed: 10,000.</summary>
    public const int MaxFixedArrayLength = 10_000;

    /// <summary>Bytes of a name: 100,000.</summary>
    public const int MaxNameLength = 100_000;

    /// <summary>Custom sections: 100,000; browsers have no limit, but each one costs memory.</summary>
    public const int MaxCustomSections = 100_000;

    /// <summary>
    /// Names that are kept of the name section, of all kinds together: 2,000,000; further ones are dropped, for names
    /// change no behaviour.
    /// </summary>
    public const int MaxNames = 2_000_000;

    /// <summary>
    /// Operands on a function's stack: 1,000,000; calls with many results could otherwise make a few bytes need gigabytes.
    /// </summary>
    public const int MaxOperands = 1_000_000;

    /// <summary>Nested blocks in a function: 7,654,321, which the size of a body already bounds.</summary>
    public const int MaxNesting = MaxFunctionSize;

    /// <summary>Pages of a 32-bit memory: 65,536, that is 4 GiB (section 3.2.15).</summary>
    public const ulong MaxMemory32Pages = 65_536;

    /// <summary>Pages of a 64-bit memory: 2^48, as the specification has it; what a host allows is far less.</summary>
    public const ulong MaxMemory64Pages = 1UL << 48;
}
