namespace TensorWasm.Wasm;

/// <summary>The shape of an instruction's immediates, in the order in which the binary format writes them.</summary>
public enum ImmediateKind
{
    /// <summary>No immediate.</summary>
    None,

    /// <summary>A block type: 0x40, a value type, or a type index as a signed 33-bit integer.</summary>
    BlockType,

    /// <summary>A relative label depth.</summary>
    Label,

    /// <summary>A vector of label depths and a default label.</summary>
    LabelTable,

    /// <summary>A block type and a vector of catch clauses.</summary>
    TryTable,

    /// <summary>A tag index.</summary>
    TagIndex,

    /// <summary>A function index.</summary>
    FunctionIndex,

    /// <summary>A type index.</summary>
    TypeIndex,

    /// <summary>A type index, then a table index.</summary>
    TypeAndTable,

    /// <summary>A vector of value types.</summary>
    SelectTypes,

    /// <summary>A local index.</summary>
    LocalIndex,

    /// <summary>A global index.</summary>
    GlobalIndex,

    /// <summary>A table index.</summary>
    TableIndex,

    /// <summary>A memory index.</summary>
    MemoryIndex,

    /// <summary>Alignment and flags, an optional memory index, and an offset.</summary>
    MemoryArgument,

    /// <summary>A memory argument, then a lane index.</summary>
    MemoryArgumentLane,

    /// <summary>A signed 32-bit integer, LEB128.</summary>
    I32,

    /// <summary>A signed 64-bit integer, LEB128.</summary>
    I64,

    /// <summary>Four bytes, little-endian.</summary>
    F32,

    /// <summary>Eight bytes, little-endian.</summary>
    F64,

    /// <summary>Sixteen bytes.</summary>
    V128,

    /// <summary>Sixteen lane indices, each below 32.</summary>
    Shuffle,

    /// <summary>A lane index below the opcode's argument.</summary>
    Lane,

    /// <summary>A heap type.</summary>
    HeapType,

    /// <summary>A data segment index, then a memory index.</summary>
    DataAndMemory,

    /// <summary>A data segment index.</summary>
    DataIndex,

    /// <summary>The destination's memory index, then the source's.</summary>
    MemoryAndMemory,

    /// <summary>An element segment index, then a table index.</summary>
    ElementAndTable,

    /// <summary>An element segment index.</summary>
    ElementIndex,

    /// <summary>The destination's table index, then the source's.</summary>
    TableAndTable,

    /// <summary>A structure type index, then a field index.</summary>
    TypeAndField,

    /// <summary>An array type index, then an element count.</summary>
    TypeAndCount,

    /// <summary>An array type index, then a data segment index.</summary>
    TypeAndData,

    /// <summary>An array type index, then an element segment index.</summary>
    TypeAndElement,

    /// <summary>The destination's array type index, then the source's.</summary>
    TypeAndType,

    /// <summary>Two nullability flags in a byte, a label, the source heap type, the target heap type.</summary>
    CastBranch,
}
