using System.Reflection.Metadata;
using TensorWasm.Engine.CompilerServices;
using TensorWasm.Wasm;

namespace TensorWasm.Engine.Compilation;

/// <content>Memory instructions (section 4.6.10).</content>
internal sealed partial class FunctionCompiler
{
    /// <summary>Where below a memory's base its length in bytes is kept.</summary>
    private const int LengthOffset = -8;

    private void CompileAccess(OpcodeInfo info, ref CodeReader reader)
    {
        var argument = MemoryArgument.Read(ref reader);
        var size = info.Argument;
        if (info.Immediate == ImmediateKind.MemoryArgumentLane)
        {
            var lane = reader.ReadByte();
            CompileLaneAccess(info, argument, lane, _options.GuardPages && size > 1 && MayNarrow(reader));
        }
        else if (info.Results.Length > 0)
        {
            Need(1);
            EmitAddress(argument, size);
            if (_options.GuardPages && VectorMemory.TryGet(info.Opcode) is { } load)
            {
                CallHelper(load);
            }
            else
            {
                if (_options.GuardPages && size > 1 && MayNarrow(reader)) EmitTouch(size - 1);
                EmitLoad(info.Opcode, size);
            }
            _derivesFromWideLoad |= size > 4;
            Pop(1);
            Push(KindOf(info.Results[0]));
        }
        else
        {
            var kind = Peek();
            var value = Scratch(kind);
            Need(2);
            _il.Stloc(value);
            EmitAddress(argument, size);
            _il.Ldloc(value);
            EmitStore(info.Opcode);
            Pop(2);
        }
    }

    private void CompileLaneAccess(OpcodeInfo info, MemoryArgument argument, int lane, bool mayNarrow)
    {
        var size = info.Argument;
        var vector = Scratch(ValueKind.V128);
        Need(2);
        _il.Stloc(vector);
        EmitAddress(argument, size);
        var isLoad = info.Results.Length > 0;
        if (isLoad)
        {
            _derivesFromWideLoad |= size > 4;
            if (mayNarrow) EmitTouch(size - 1);
            EmitIndirect(LoadOf(size));
            var element = Scratch(size == 8 ? ValueKind.I64 : ValueKind.I32);
            _il.Stloc(element);
            _il.Ldloc(vector);
            _il.Ldloc(element);
            EmitLane(VectorTable.ReplaceLane(size), lane);
        }
        else
        {
            _il.Ldloc(vector);
            EmitLane(VectorTable.ExtractLane(size), lane);
            EmitIndirect(StoreOf(size));
        }
        Pop(2);
        if (isLoad) Push(ValueKind.V128);
    }

    /// <summary>Turns the index on the CIL stack into an address, checked where no guard page would catch it.</summary>
    private void EmitAddress(MemoryArgument argument, int size)
    {
        var is64 = _module.Memories[argument.Memory].Limits.Is64;
        var memory = MemoryBase(argument.Memory);
        if (is64)
        {
            _il.LdcI8((long)argument.Offset);
            _il.LdcI4(size);
            _il.Ldloc(memory);
            CallHelper(Members.Method(typeof(MemoryOperations), nameof(MemoryOperations.Address64)));
            return;
        }

        if (!_options.GuardPages) EmitBoundsCheck(argument.Offset, size, memory);
        _il.Op(ILOpCode.Conv_u);
        _il.Ldloc(memory);
        _il.Op(ILOpCode.Add);
        if (argument.Offset == 0) return;
        _il.LdcOffset(argument.Offset);
        _il.Op(ILOpCode.Add);
    }

    private void EmitBoundsCheck(ulong offset, int size, int memory)
    {
        var index = Scratch(ValueKind.I32, 3);
        var within = _il.DefineLabel();
        _il.Stloc(index);
        _il.Ldloc(index);
        _il.Op(ILOpCode.Conv_u8);
        _il.LdcI8((long)offset + size);
        _il.Op(ILOpCode.Add);
        EmitMemoryLength(memory);
        _il.Branch(ILOpCode.Ble_un, within);
        EmitThrow(nameof(TrapThrow.MemoryOutOfBounds));
        _il.Mark(within);
        _il.Ldloc(index);
    }

    private void EmitMemoryLength(int memoryBaseLocal)
    {
        _il.Ldloc(memoryBaseLocal);
        _il.LdcI4(LengthOffset);
        _il.Op(ILOpCode.Add);
        _il.Op(ILOpCode.Ldind_i8);
    }

    private int MemoryBase(int memory)
    {
        if (!_memoryBases.TryGetValue(memory, out var local)) _memoryBases[memory] = local = NewLocal(typeof(nint));
        return local;
    }

    private void EmitLoad(Opcode opcode, int size)
    {
        switch (opcode)
        {
            case Opcode.I32Load:
                EmitIndirect(ILOpCode.Ldind_i4);
                break;
            case Opcode.I64Load:
                EmitIndirect(ILOpCode.Ldind_i8);
                break;
            case Opcode.F32Load:
                EmitIndirect(ILOpCode.Ldind_r4);
                break;
            case Opcode.F64Load:
                EmitIndirect(ILOpCode.Ldind_r8);
                break;
            case Opcode.I32Load8S:
                EmitIndirect(ILOpCode.Ldind_i1);
                break;
            case Opcode.I32Load8U:
                EmitIndirect(ILOpCode.Ldind_u1);
                break;
            case Opcode.I32Load16S:
                EmitIndirect(ILOpCode.Ldind_i2);
                break;
            case Opcode.I32Load16U:
                EmitIndirect(ILOpCode.Ldind_u2);
                break;
            case Opcode.I64Load8S:
                EmitIndirect(ILOpCode.Ldind_i1, ILOpCode.Conv_i8);
                break;
            case Opcode.I64Load8U:
                EmitIndirect(ILOpCode.Ldind_u1, ILOpCode.Conv_u8);
                break;
            case Opcode.I64Load16S:
                EmitIndirect(ILOpCode.Ldind_i2, ILOpCode.Conv_i8);
                break;
            case Opcode.I64Load16U:
                EmitIndirect(ILOpCode.Ldind_u2, ILOpCode.Conv_u8);
                break;
            case Opcode.I64Load32S:
                EmitIndirect(ILOpCode.Ldind_i4, ILOpCode.Conv_i8);
                break;
            case Opcode.I64Load32U:
                EmitIndirect(ILOpCode.Ldind_u4, ILOpCode.Conv_u8);
                break;
            case Opcode.V128Load:
                EmitVectorAccess(ILOpCode.Ldobj);
                break;
            default:
                EmitIndirect(LoadOf(size));
                CallHelper(HelperTable.Get(opcode));
                break;
        }
    }

    private void EmitStore(Opcode opcode)
    {
        switch (opcode)
        {
            case Opcode.I32Store:
                EmitIndirect(ILOpCode.Stind_i4);
                break;
            case Opcode.I64Store:
                EmitIndirect(ILOpCode.Stind_i8);
                break;
            case Opcode.F32Store:
                EmitIndirect(ILOpCode.Stind_r4);
                break;
            case Opcode.F64Store:
                EmitIndirect(ILOpCode.Stind_r8);
                break;
            case Opcode.I32Store8 or Opcode.I64Store8:
                EmitIndirect(ILOpCode.Stind_i1);
                break;
            case Opcode.I32Store16 or Opcode.I64Store16:
                EmitIndirect(ILOpCode.Stind_i2);
                break;
            case Opcode.I64Store32:
                EmitIndirect(ILOpCode.Stind_i4);
                break;
            default:
                EmitVectorAccess(ILOpCode.Stobj);
                break;
        }
    }

    private static ILOpCode LoadOf(int size) => size switch
    {
        1 => ILOpCode.Ldind_u1,
        2 => ILOpCode.Ldind_u2,
        4 => ILOpCode.Ldind_i4,
        _ => ILOpCode.Ldind_i8,
    };

    private static ILOpCode StoreOf(int size) => size switch
    {
        1 => ILOpCode.Stind_i1,
        2 => ILOpCode.Stind_i2,
        4 => ILOpCode.Stind_i4,
        _ => ILOpCode.Stind_i8,
    };

    /// <summary>
    /// An access and a conversion behind it. It may be misaligned, which the processors that .NET runs on allow; the prefix
    /// that says so changes nothing but the size of the code.
    /// </summary>
    private void EmitIndirect(ILOpCode access, ILOpCode conversion = ILOpCode.Nop)
    {
        _il.Op(access);
        if (conversion != ILOpCode.Nop) _il.Op(conversion);
    }

    private void EmitVectorAccess(ILOpCode access)
    {
        _il.Op(access, System.Reflection.Metadata.Ecma335.MetadataTokens.GetToken(
            _references.Type(ClrTypes.Of(ValueKind.V128))));
    }

    private void CompileMemory(Opcode opcode, ref CodeReader reader)
    {
        switch (opcode)
        {
            case Opcode.MemorySize:
                var measured = (int)reader.ReadU32();
                EmitMemoryLength(MemoryBase(measured));
                _il.LdcI4(16);
                _il.Op(ILOpCode.Shr_un);
                PushAddress(_module.Memories[measured].Limits.Is64);
                break;
            case Opcode.MemoryGrow:
                var grown = (int)reader.ReadU32();
                var is64 = _module.Memories[grown].Limits.Is64;
                Need(1);
                if (!is64) _il.Op(ILOpCode.Conv_u8);
                LoadMemory(grown);
                CallHelper(Members.Method(typeof(MemoryOperations), nameof(MemoryOperations.Grow)));
                Pop(1);
                PushAddress(is64);
                break;
            case Opcode.MemoryFill:
                var filled = (int)reader.ReadU32();
                WidenTop3(_module.Memories[filled].Limits.Is64, false, _module.Memories[filled].Limits.Is64);
                LoadMemory(filled);
                LoadContext();
                CallHelper(Members.Method(typeof(MemoryOperations), nameof(MemoryOperations.Fill)));
                break;
            case Opcode.MemoryCopy:
                var destination = (int)reader.ReadU32();
                var source = (int)reader.ReadU32();
                var to64 = _module.Memories[destination].Limits.Is64;
                var from64 = _module.Memories[source].Limits.Is64;
                WidenTop3(to64, from64, to64 && from64);
                LoadMemory(destination);
                LoadMemory(source);
                LoadContext();
                CallHelper(Members.Method(typeof(MemoryOperations), nameof(MemoryOperations.Copy)));
                break;
            case Opcode.MemoryInit:
                var segment = (int)reader.ReadU32();
                var target = (int)reader.ReadU32();
                WidenTop3(_module.Memories[target].Limits.Is64, false, false);
                LoadMemory(target);
                LoadContext();
                _il.LdcI4(segment);
                CallHelper(Members.Method(typeof(MemoryOperations), nameof(MemoryOperations.Init)));
                break;
            case Opcode.DataDrop:
                LoadContext();
                _il.LdcI4((int)reader.ReadU32());
                CallHelper(Members.Method(typeof(MemoryOperations), nameof(MemoryOperations.DropData)));
                break;
        }
    }

    /// <summary>Pushes the i64 on the CIL stack as an address or size of a memory or table.</summary>
    private void PushAddress(bool is64)
    {
        if (!is64) _il.Op(ILOpCode.Conv_i4);
        Push(is64 ? ValueKind.I64 : ValueKind.I32);
    }

    /// <summary>
    /// Takes three operands and leaves them on the CIL stack as u64 each: helpers of bulk instructions know one width.
    /// </summary>
    private void WidenTop3(bool first64, bool second64, bool third64)
    {
        Need(3);
        var third = Scratch(ValueKind.I64, 1);
        var second = Scratch(ValueKind.I64, 2);
        if (!third64) _il.Op(ILOpCode.Conv_u8);
        _il.Stloc(third);
        EmitBulkFuel(third);
        if (!second64) _il.Op(ILOpCode.Conv_u8);
        _il.Stloc(second);
        if (!first64) _il.Op(ILOpCode.Conv_u8);
        _il.Ldloc(second);
        _il.Ldloc(third);
        Pop(3);
    }

    private void LoadMemory(int memory)
    {
        LoadContext();
        _il.Field(ILOpCode.Ldfld, _layout.Memories[memory]);
    }

    private void CompileTable(Opcode opcode, ref CodeReader reader)
    {
        switch (opcode)
        {
            case Opcode.TableGet:
                var read = (int)reader.ReadU32();
                Need(1);
                if (!_module.Tables[read].Limits.Is64) _il.Op(ILOpCode.Conv_u8);
                LoadTable(read);
                CallTableHelper(nameof(TableOperations.Get));
                Pop(1);
                Push(ValueKind.Reference);
                break;
            case Opcode.TableSet:
                var written = (int)reader.ReadU32();
                var value = Scratch(ValueKind.Reference);
                Need(2);
                _il.Stloc(value);
                if (!_module.Tables[written].Limits.Is64) _il.Op(ILOpCode.Conv_u8);
                _il.Ldloc(value);
                LoadTable(written);
                CallTableHelper(nameof(TableOperations.Set));
                Pop(2);
                break;
            case Opcode.TableSize:
                var measured = (int)reader.ReadU32();
                LoadTable(measured);
                CallTableHelper(nameof(TableOperations.Size));
                PushAddress(_module.Tables[measured].Limits.Is64);
                break;
            case Opcode.TableGrow:
                var grown = (int)reader.ReadU32();
                Need(2);
                if (!_module.Tables[grown].Limits.Is64) _il.Op(ILOpCode.Conv_u8);
                LoadTable(grown);
                CallTableHelper(nameof(TableOperations.Grow));
                Pop(2);
                PushAddress(_module.Tables[grown].Limits.Is64);
                break;
            case Opcode.TableFill:
                CompileTableFill((int)reader.ReadU32());
                break;
            case Opcode.TableCopy:
                var destination = (int)reader.ReadU32();
                var source = (int)reader.ReadU32();
                var to64 = _module.Tables[destination].Limits.Is64;
                var from64 = _module.Tables[source].Limits.Is64;
                WidenTop3(to64, from64, to64 && from64);
                LoadTable(destination);
                LoadTable(source);
                CallTableHelper(nameof(TableOperations.Copy));
                break;
            case Opcode.TableInit:
                var segment = (int)reader.ReadU32();
                var target = (int)reader.ReadU32();
                WidenTop3(_module.Tables[target].Limits.Is64, false, false);
                LoadTable(target);
                LoadContext();
                _il.LdcI4(segment);
                CallTableHelper(nameof(TableOperations.Init));
                break;
            case Opcode.ElemDrop:
                LoadContext();
                _il.LdcI4((int)reader.ReadU32());
                CallTableHelper(nameof(TableOperations.DropElements));
                break;
        }
    }

    private void CompileTableFill(int table)
    {
        var is64 = _module.Tables[table].Limits.Is64;
        var value = Scratch(ValueKind.Reference);
        var count = Scratch(ValueKind.I64, 1);
        Need(3);
        if (!is64) _il.Op(ILOpCode.Conv_u8);
        _il.Stloc(count);
        EmitBulkFuel(count);
        _il.Stloc(value);
        if (!is64) _il.Op(ILOpCode.Conv_u8);
        _il.Ldloc(value);
        _il.Ldloc(count);
        LoadTable(table);
        CallTableHelper(nameof(TableOperations.Fill));
        Pop(3);
    }

    private void CallTableHelper(string name) => CallHelper(Members.Method(typeof(TableOperations), name));
}
