using TensorWasm.Wasm;

namespace TensorWasm.Engine.Compilation;

/// <summary>The immediate of a memory access (section 5.4.6).</summary>
/// <param name="Memory">The memory's index.</param>
/// <param name="Offset">What is added to the address, without overflow.</param>
internal readonly record struct MemoryArgument(int Memory, ulong Offset)
{
    /// <summary>Flag of the alignment field: a memory index follows.</summary>
    private const uint HasMemoryIndex = 0x40;

    internal static MemoryArgument Read(ref CodeReader reader)
    {
        var flags = reader.ReadU32();
        var memory = (flags & HasMemoryIndex) != 0 ? (int)reader.ReadU32() : 0;
        return new MemoryArgument(memory, reader.ReadU64());
    }
}
