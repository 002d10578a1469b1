namespace TensorWasm.Wasm;

/// <summary>The data section (section 5.5.14), in its three forms.</summary>
internal static class DataSectionReader
{
    internal const byte Active = 0;
    internal const byte Passive = 1;
    internal const byte ActiveWithMemory = 2;

    internal static void Read(ModuleBuilder builder, ref CodeReader reader)
    {
        var segments = new DataSegment[reader.ReadCount(WasmLimits.MaxDataSegments, "data segments", 2)];
        for (var i = 0; i < segments.Length; i++) segments[i] = ReadSegment(builder, ref reader);
        builder.Data = segments;
    }

    private static DataSegment ReadSegment(ModuleBuilder builder, ref CodeReader reader)
    {
        var start = reader.Offset;
        var form = reader.ReadU32();
        if (form > ActiveWithMemory) throw new WasmFormatException("malformed data segment kind", start);
        var memory = form == ActiveWithMemory ? reader.ReadIndex() : 0;
        var offset = form == Passive ? default : builder.ReadExpression(ref reader);
        var size = reader.ReadU32();
        var bytes = reader.Offset;
        reader.ReadBytes((int)Math.Min(size, int.MaxValue));
        var mode = form == Passive ? SegmentMode.Passive : SegmentMode.Active;
        return new DataSegment(mode, memory, offset, builder.Bytes[bytes..reader.Offset]);
    }
}
