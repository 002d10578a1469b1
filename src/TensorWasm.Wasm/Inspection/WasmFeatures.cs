namespace TensorWasm.Wasm;

/// <summary>
/// What a module needs beyond the first version of the core specification, by the names of the proposals that brought it
/// (<see href="https://github.com/WebAssembly/proposals">finished proposals</see>).
/// </summary>
[Flags]
public enum WasmFeatures
{
    /// <summary>The first version is enough.</summary>
    None = 0,

    /// <summary>Mutable globals are imported or exported.</summary>
    MutableGlobals = 1 << 0,

    /// <summary>Integers are sign-extended in place.</summary>
    SignExtension = 1 << 1,

    /// <summary>Floats are truncated to integers without trapping.</summary>
    SaturatingFloatToInt = 1 << 2,

    /// <summary>Functions have several results, or blocks have parameters.</summary>
    MultiValue = 1 << 3,

    /// <summary>Whole ranges of memories and tables are copied or filled, segments are passive.</summary>
    BulkMemory = 1 << 4,

    /// <summary>References are values, tables are accessed by instructions or are several.</summary>
    ReferenceTypes = 1 << 5,

    /// <summary>128-bit vectors.</summary>
    Simd = 1 << 6,

    /// <summary>Vector instructions whose results depend on the processor.</summary>
    RelaxedSimd = 1 << 7,

    /// <summary>Calls that replace the caller's frame.</summary>
    TailCalls = 1 << 8,

    /// <summary>Constant expressions with arithmetic.</summary>
    ExtendedConst = 1 << 9,

    /// <summary>More than one memory.</summary>
    MultiMemory = 1 << 10,

    /// <summary>Memories or tables with 64-bit addresses.</summary>
    Memory64 = 1 << 11,

    /// <summary>References to functions of a given type.</summary>
    TypedFunctionReferences = 1 << 12,

    /// <summary>Structures, arrays and other collected objects.</summary>
    GarbageCollection = 1 << 13,

    /// <summary>Tags, throwing and catching.</summary>
    Exceptions = 1 << 14,

    /// <summary>Memories that several threads share.</summary>
    Threads = 1 << 15,
}
