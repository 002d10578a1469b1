namespace TensorWasm.Wasm;

/// <summary>Finds where instructions end, checking their immediates' form but not what they mean.</summary>
internal static class InstructionSkipper
{
    private const int MemoryIndexFlag = 0x40;
    private const int FirstMalformedFlags = 0x80;

    /// <summary>The row of the next instruction; a byte sequence that is none is an illegal opcode.</summary>
    internal static OpcodeInfo ReadOpcode(ref CodeReader reader)
    {
        var start = reader.Offset;
        var opcode = reader.ReadOpcode();
        return OpcodeTable.TryGet(opcode, out var info) ? info : throw IllegalOpcode(opcode, start);
    }

    /// <summary>The error for an opcode that names no instruction, in the specification interpreter's form.</summary>
    internal static WasmFormatException IllegalOpcode(Opcode opcode, int offset)
    {
        var code = (int)opcode;
        return new WasmFormatException(
            code < 0x100 ? $"illegal opcode {code:x2}" : $"illegal opcode {code >> 12:x2} {code & 0xFFF:x2}", offset);
    }

    /// <summary>Skips an expression (section 5.4.11) up to and with the <c>end</c> that closes it.</summary>
    internal static void SkipExpression(ref CodeReader reader)
    {
        var depth = 0;
        while (true)
        {
            var info = ReadOpcode(ref reader);
            SkipImmediates(ref reader, info);
            switch (info.Opcode)
            {
                case Opcode.Block or Opcode.Loop or Opcode.If or Opcode.TryTable:
                    depth++;
                    break;
                case Opcode.End when depth-- == 0:
                    return;
                case Opcode.Else when depth == 0:
                    throw new WasmFormatException("END opcode expected", reader.Offset - 1);
            }
        }
    }

    /// <summary>Skips what follows an opcode.</summary>
    internal static void SkipImmediates(ref CodeReader reader, OpcodeInfo info)
    {
        switch (info.Immediate)
        {
            case ImmediateKind.None:
                break;
            case ImmediateKind.BlockType:
                SkipBlockType(ref reader);
                break;
            case ImmediateKind.Label or ImmediateKind.TagIndex or ImmediateKind.FunctionIndex
                or ImmediateKind.TypeIndex or ImmediateKind.LocalIndex or ImmediateKind.GlobalIndex
                or ImmediateKind.TableIndex or ImmediateKind.MemoryIndex or ImmediateKind.DataIndex
                or ImmediateKind.ElementIndex:
                reader.ReadU32();
                break;
            case ImmediateKind.TypeAndTable or ImmediateKind.DataAndMemory or ImmediateKind.MemoryAndMemory
                or ImmediateKind.ElementAndTable or ImmediateKind.TableAndTable or ImmediateKind.TypeAndField
                or ImmediateKind.TypeAndCount or ImmediateKind.TypeAndData or ImmediateKind.TypeAndElement
                or ImmediateKind.TypeAndType:
                reader.ReadU32();
                reader.ReadU32();
                break;
            case ImmediateKind.LabelTable:
                var targets = reader.ReadCount(WasmLimits.MaxBranchTableTargets, "br_table targets");
                for (var i = 0; i <= targets; i++) reader.ReadU32();
                break;
            case ImmediateKind.TryTable:
                SkipTryTable(ref reader);
                break;
            case ImmediateKind.SelectTypes:
                var types = reader.ReadCount(WasmLimits.MaxResults, "types of select");
                for (var i = 0; i < types; i++) reader.ReadValueType();
                break;
            case ImmediateKind.MemoryArgument:
                ReadMemoryArgument(ref reader, out _, out _, out _);
                break;
            case ImmediateKind.MemoryArgumentLane:
                ReadMemoryArgument(ref reader, out _, out _, out _);
                reader.ReadByte();
                break;
            case ImmediateKind.I32:
                reader.ReadS32();
                break;
            case ImmediateKind.I64:
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
            case ImmediateKind.HeapType:
                reader.ReadHeapType();
                break;
            case ImmediateKind.CastBranch:
                ReadCastFlags(ref reader);
                reader.ReadU32();
                reader.ReadHeapType();
                reader.ReadHeapType();
                break;
            default:
                throw new InvalidOperationException($"immediates of {info.Name} have no known shape");
        }
    }

    /// <summary>A memory argument (section 5.4.6).</summary>
    /// <param name="reader">Where to read.</param>
    /// <param name="alignment">The exponent of the alignment.</param>
    /// <param name="memory">The memory's index.</param>
    /// <param name="offset">The constant offset in bytes.</param>
    internal static void ReadMemoryArgument(
        ref CodeReader reader, out int alignment, out uint memory, out ulong offset)
    {
        ReadMemoryArgumentHead(ref reader, out alignment, out memory);
        offset = reader.ReadU64();
    }

    /// <summary>A memory argument but for its offset.</summary>
    internal static void ReadMemoryArgumentHead(ref CodeReader reader, out int alignment, out uint memory)
    {
        var start = reader.Offset;
        var flags = reader.ReadU32();
        if (flags >= FirstMalformedFlags) throw new WasmFormatException("malformed memop flags", start);
        alignment = (int)flags & (MemoryIndexFlag - 1);
        memory = (flags & MemoryIndexFlag) != 0 ? reader.ReadU32() : 0;
    }

    /// <summary>The nullability flags of br_on_cast: bit 0 for the source, bit 1 for the target.</summary>
    internal static byte ReadCastFlags(ref CodeReader reader)
    {
        var flags = reader.ReadByte();
        return flags < 4 ? flags : throw new WasmFormatException("malformed br_on_cast flags", reader.Offset - 1);
    }

    /// <summary>The kind of a catch clause (section 5.4.1): 0 catch, 1 catch_ref, 2 catch_all, 3 catch_all_ref.</summary>
    internal static byte ReadCatchKind(ref CodeReader reader)
    {
        var kind = reader.ReadByte();
        return kind < 4 ? kind : throw new WasmFormatException("malformed catch clause", reader.Offset - 1);
    }

    private static void SkipBlockType(ref CodeReader reader)
    {
        var first = reader.PeekByte();
        if (first == 0x40)
        {
            reader.Position++;
        }
        else if (first is > 0x40 and < 0x80)
        {
            reader.ReadValueType();
        }
        else
        {
            var start = reader.Offset;
            if (reader.ReadS33() < 0) throw new WasmFormatException("malformed block type", start);
        }
    }

    private static void SkipTryTable(ref CodeReader reader)
    {
        SkipBlockType(ref reader);
        var clauses = reader.ReadCount(WasmLimits.MaxFunctionSize, "catch clauses", 2);
        for (var i = 0; i < clauses; i++)
        {
            if (ReadCatchKind(ref reader) < 2) reader.ReadU32();
            reader.ReadU32();
        }
    }
}
