using TensorWasm.Wasm;

namespace TensorWasm.Engine.Compilation;

/// <summary>Steps over the immediates of a validated instruction.</summary>
internal static class ImmediateSkipper
{
    internal static void Skip(OpcodeInfo info, ref CodeReader reader)
    {
        switch (info.Immediate)
        {
            case ImmediateKind.None:
                break;
            case ImmediateKind.BlockType or ImmediateKind.HeapType:
                SkipType(ref reader);
                break;
            case ImmediateKind.LabelTable:
                for (var i = reader.ReadU32() + 1; i > 0; i--) reader.ReadU32();
                break;
            case ImmediateKind.TryTable:
                SkipType(ref reader);
                for (var i = reader.ReadU32(); i > 0; i--)
                {
                    if (reader.ReadByte() < 2) reader.ReadU32();
                    reader.ReadU32();
                }
                break;
            case ImmediateKind.SelectTypes:
                for (var i = reader.ReadU32(); i > 0; i--) SkipType(ref reader);
                break;
            case ImmediateKind.MemoryArgument or ImmediateKind.MemoryArgumentLane:
                MemoryArgument.Read(ref reader);
                if (info.Immediate == ImmediateKind.MemoryArgumentLane) reader.ReadByte();
                break;
            case ImmediateKind.I32 or ImmediateKind.I64:
                reader.ReadS64();
                break;
            case ImmediateKind.F32:
                reader.ReadBytes(4);
                break;
            case ImmediateKind.F64:
                reader.ReadBytes(8);
                break;
            case ImmediateKind.V128 or ImmediateKind.Shuffle:
                reader.ReadBytes(16);
                break;
            case ImmediateKind.Lane:
                reader.ReadByte();
                break;
            case ImmediateKind.CastBranch:
                reader.ReadByte();
                reader.ReadU32();
                reader.ReadS33();
                reader.ReadS33();
                break;
            case ImmediateKind.Label or ImmediateKind.TagIndex or ImmediateKind.FunctionIndex or ImmediateKind.TypeIndex
                or ImmediateKind.LocalIndex or ImmediateKind.GlobalIndex or ImmediateKind.TableIndex
                or ImmediateKind.MemoryIndex or ImmediateKind.DataIndex or ImmediateKind.ElementIndex:
                reader.ReadU32();
                break;
            default:
                // What is left are the pairs of indices.
                reader.ReadU32();
                reader.ReadU32();
                break;
        }
    }

    private static void SkipType(ref CodeReader reader)
    {
        // Every form starts with, or is, a signed 33-bit integer; 0x63 and 0x64 have a heap type behind them.
        var first = reader.PeekByte();
        if (first is 0x63 or 0x64) reader.ReadByte();
        reader.ReadS33();
    }
}
