namespace TensorWasm.Wasm.Text;

/// <content>Instructions with their immediates, by the opcode table.</content>
internal sealed partial class InstructionParser
{
    private void Encode(OpcodeInfo row, ByteWriter code)
    {
        switch (row.Opcode)
        {
            case Opcode.Select when reader.AtOpen("result"u8):
                SelectTypes(code);
                return;
            case Opcode.RefTest or Opcode.RefCast:
                var type = module.ParseReferenceType();
                code.Opcode((row.Opcode, type.IsNullable) switch
                {
                    (Opcode.RefTest, true) => Opcode.RefTestNull,
                    (Opcode.RefCast, true) => Opcode.RefCastNull,
                    _ => row.Opcode,
                });
                code.Signed(type.Heap.Code);
                return;
            default:
                code.Opcode(row.Opcode);
                break;
        }
        switch (row.Immediate)
        {
            case ImmediateKind.None:
                break;
            case ImmediateKind.Label:
                code.Unsigned(_labels.Resolve(reader));
                break;
            case ImmediateKind.LabelTable:
                LabelTable(code);
                break;
            case ImmediateKind.MemoryArgument:
                MemoryArgument(row, Optional(module.MemorySpace), code);
                break;
            case ImmediateKind.MemoryArgumentLane:
                MemoryArgument(row, LaneMemory(), code);
                code.Byte(Lane());
                break;
            case ImmediateKind.Lane:
                code.Byte(Lane());
                break;
            case ImmediateKind.Shuffle:
                Shuffle(code);
                break;
            case ImmediateKind.HeapType:
                code.Signed(module.ParseHeapType().Code);
                break;
            case ImmediateKind.I32 or ImmediateKind.I64 or ImmediateKind.F32 or ImmediateKind.F64 or ImmediateKind.V128:
                Constants.Encode(reader, row.Immediate, code);
                break;
            case ImmediateKind.CastBranch:
                CastBranch(code);
                break;
            default:
                Indices(row.Immediate, code);
                break;
        }
    }

    private void Indices(ImmediateKind kind, ByteWriter code)
    {
        switch (kind)
        {
            case ImmediateKind.LocalIndex:
                code.Unsigned(_locals.Resolve(reader));
                break;
            case ImmediateKind.GlobalIndex:
                code.Unsigned(module.GlobalSpace.Resolve(reader));
                break;
            case ImmediateKind.FunctionIndex:
                code.Unsigned(module.FunctionSpace.Resolve(reader));
                break;
            case ImmediateKind.TypeIndex:
                code.Unsigned(module.TypeSpace.Resolve(reader));
                break;
            case ImmediateKind.TagIndex:
                code.Unsigned(module.TagSpace.Resolve(reader));
                break;
            case ImmediateKind.TableIndex:
                code.Unsigned(Optional(module.TableSpace));
                break;
            case ImmediateKind.MemoryIndex:
                code.Unsigned(Optional(module.MemorySpace));
                break;
            case ImmediateKind.ElementIndex:
                code.Unsigned(module.ElementSpace.Resolve(reader));
                break;
            case ImmediateKind.DataIndex:
                code.Unsigned(Data());
                break;
            case ImmediateKind.TableAndTable:
                Pair(module.TableSpace, code);
                break;
            case ImmediateKind.MemoryAndMemory:
                Pair(module.MemorySpace, code);
                break;
            case ImmediateKind.TypeAndTable:
                TypeAndTable(code);
                break;
            case ImmediateKind.DataAndMemory:
                var memory = HasTwoIndices ? module.MemorySpace.Resolve(reader) : 0;
                code.Unsigned(Data());
                code.Unsigned(memory);
                break;
            case ImmediateKind.ElementAndTable:
                var table = HasTwoIndices ? module.TableSpace.Resolve(reader) : 0;
                code.Unsigned(module.ElementSpace.Resolve(reader));
                code.Unsigned(table);
                break;
            default:
                TypeAndOther(kind, code);
                break;
        }
    }

    private void TypeAndOther(ImmediateKind kind, ByteWriter code)
    {
        var type = module.TypeSpace.Resolve(reader);
        code.Unsigned(type);
        code.Unsigned(kind switch
        {
            ImmediateKind.TypeAndField => module.ResolveField(type),
            ImmediateKind.TypeAndCount => reader.U32(),
            ImmediateKind.TypeAndData => Data(),
            ImmediateKind.TypeAndElement => module.ElementSpace.Resolve(reader),
            ImmediateKind.TypeAndType => module.TypeSpace.Resolve(reader),
            _ => throw new InvalidOperationException($"no syntax for immediates of kind {kind}"),
        });
    }

    private bool HasTwoIndices =>
        IsIndex(reader.Current) && IsIndex(reader.Ahead);

    private static bool IsIndex(Token token) => token.Kind is TokenKind.Natural or TokenKind.Identifier;

    private uint Optional(IndexSpace space) => space.ResolveOptional(reader);

    private uint Data()
    {
        NamesData = true;
        return module.DataSpace.Resolve(reader);
    }

    /// <summary>Both indices or none.</summary>
    private void Pair(IndexSpace space, ByteWriter code)
    {
        var given = IsIndex(reader.Current);
        code.Unsigned(given ? space.Resolve(reader) : 0);
        code.Unsigned(given ? space.Resolve(reader) : 0);
    }

    private void TypeAndTable(ByteWriter code)
    {
        var table = Optional(module.TableSpace);
        code.Unsigned((uint)module.ParseTypeUse(null));
        code.Unsigned(table);
    }

    private void LabelTable(ByteWriter code)
    {
        _scratch.Clear();
        var start = reader.Current.Start;
        var count = 0u;
        var last = _labels.Resolve(reader);
        while (IsIndex(reader.Current))
        {
            _scratch.Unsigned(last);
            last = _labels.Resolve(reader);
            count++;
        }
        module.Limit(count, WasmLimits.MaxBranchTableTargets, "br_table targets", start);
        code.Unsigned(count);
        code.Bytes(_scratch.Written);
        code.Unsigned(last);
    }

    private void SelectTypes(ByteWriter code)
    {
        var start = reader.Current.Start;
        var types = new List<ValueType>();
        while (reader.TryOpen("result"u8))
        {
            module.ParseValueTypes(types);
            reader.Close();
        }
        module.Limit(types.Count, WasmLimits.MaxResults, "types of select", start);
        code.Opcode(Opcode.SelectTyped);
        code.Unsigned((uint)types.Count);
        foreach (var type in types) WasmEncoder.WriteValueType(code, type);
    }

    private void CastBranch(ByteWriter code)
    {
        var label = _labels.Resolve(reader);
        var source = module.ParseReferenceType();
        var target = module.ParseReferenceType();
        code.Byte((byte)((source.IsNullable ? 1 : 0) | (target.IsNullable ? 2 : 0)));
        code.Unsigned(label);
        code.Signed(source.Heap.Code);
        code.Signed(target.Heap.Code);
    }

    private void BlockImmediates(Opcode opcode, ByteWriter code)
    {
        BlockType(code);
        if (opcode == Opcode.TryTable) CatchClauses(code);
    }

    /// <summary>A block type that only says what at most one result is stays inline; others are type indices.</summary>
    private void BlockType(ByteWriter code)
    {
        var start = reader.Current.Start;
        var explicitType = module.TryExplicitType();
        var inline = module.ParseFunctionType(null);
        if (explicitType is { } index)
        {
            module.CheckInlineType(index, inline, start);
            code.Signed(index);
        }
        else if (inline.Parameters.Count > 0 || inline.Results.Count > 1)
        {
            code.Signed(module.TypeIndexOf(inline));
        }
        else if (inline.Results.Count == 1)
        {
            WasmEncoder.WriteValueType(code, inline.Results[0]);
        }
        else
        {
            code.Byte(0x40);
        }
    }

    private void CatchClauses(ByteWriter code)
    {
        _scratch.Clear();
        var count = 0u;
        while (reader.Kind == TokenKind.Open && reader.Ahead.Kind == TokenKind.Keyword)
        {
            var clause = reader.TextOf(reader.Ahead) switch
            {
                "catch" => 0,
                "catch_ref" => 1,
                "catch_all" => 2,
                "catch_all_ref" => 3,
                _ => -1,
            };
            if (clause < 0) break;
            reader.Advance();
            reader.Advance();
            _scratch.Byte((byte)clause);
            if (clause < 2) _scratch.Unsigned(module.TagSpace.Resolve(reader));
            _scratch.Unsigned(_labels.Resolve(reader));
            reader.Close();
            count++;
        }
        code.Unsigned(count);
        code.Bytes(_scratch.Written);
    }
}
