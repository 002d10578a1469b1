namespace TensorWasm.Wasm;

/// <summary>The types of what modules import and define (sections 5.3.11 to 5.3.16).</summary>
internal static class TypeReader
{
    internal const byte HasMaximum = 1;
    internal const byte Shared = 2;
    internal const byte Address64 = 4;

    internal static bool ReadMutability(ref CodeReader reader) => reader.ReadByte() switch
    {
        0 => false,
        1 => true,
        _ => throw new WasmFormatException("malformed mutability", reader.Offset - 1),
    };

    internal static GlobalType ReadGlobalType(ref CodeReader reader)
    {
        var type = reader.ReadValueType();
        return new GlobalType(type, ReadMutability(ref reader));
    }

    internal static TableType ReadTableType(ref CodeReader reader)
    {
        var element = reader.ReadReferenceType();
        var flags = ReadLimitsFlags(ref reader, HasMaximum | Address64);
        return new TableType(element, ReadLimits(ref reader, flags));
    }

    internal static MemoryType ReadMemoryType(ref CodeReader reader)
    {
        var flags = ReadLimitsFlags(ref reader, HasMaximum | Shared | Address64);
        return new MemoryType(ReadLimits(ref reader, flags), (flags & Shared) != 0);
    }

    /// <summary>A tag's attribute, which must be 0, and its type index.</summary>
    internal static int ReadTagType(ref CodeReader reader)
    {
        if (reader.ReadByte() != 0) throw new WasmFormatException("malformed tag attribute", reader.Offset - 1);
        return reader.ReadIndex();
    }

    private static byte ReadLimitsFlags(ref CodeReader reader, int allowed)
    {
        var flags = reader.ReadByte();
        return (flags & ~allowed) == 0 ? flags : throw new WasmFormatException("malformed limits flags", reader.Offset - 1);
    }

    // A 32-bit limit out of the range of its address type is well-formed; the validator refuses it.
    private static Limits ReadLimits(ref CodeReader reader, byte flags)
    {
        var minimum = reader.ReadU64();
        ulong? maximum = (flags & HasMaximum) != 0 ? reader.ReadU64() : null;
        return new Limits(minimum, maximum, (flags & Address64) != 0);
    }
}
