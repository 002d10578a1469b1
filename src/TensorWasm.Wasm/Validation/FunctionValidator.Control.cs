namespace TensorWasm.Wasm;

/// <content>Blocks, branches and calls (section 3.4.1).</content>
internal sealed partial class FunctionValidator
{
    private ControlFrame[] _frames = new ControlFrame[FirstCapacity];
    private int _depth;

    // Copies from the innermost frame, which nearly every instruction needs.
    private int _frameHeight;
    private bool _isUnreachable;
    private HashSet<StackType[]>? _checkedTargets;

    private void ValidateSpecial(ref CodeReader reader, Opcode opcode)
    {
        switch (opcode)
        {
            case Opcode.LocalGet:
                Push(GetLocal(reader.ReadU32()));
                break;
            case Opcode.LocalSet:
                Pop(SetLocal(reader.ReadU32()));
                break;
            case Opcode.LocalTee:
                var local = SetLocal(reader.ReadU32());
                Pop(local);
                Push(local);
                break;
            case Opcode.GlobalGet:
                Push(Global(reader.ReadU32()).Type);
                break;
            case Opcode.GlobalSet:
                var global = Global(reader.ReadU32());
                if (!global.IsMutable) throw Invalid("immutable global");
                Pop(global.Type);
                break;
            case Opcode.Nop:
                break;
            case Opcode.Unreachable:
                MarkUnreachable();
                break;
            case Opcode.Block or Opcode.Loop:
                var block = ReadBlockType(ref reader);
                PopAll(block.Parameters);
                PushFrame(opcode, block.Parameters, block.Results);
                break;
            case Opcode.If:
                var branch = ReadBlockType(ref reader);
                Pop(StackType.I32);
                PopAll(branch.Parameters);
                PushFrame(opcode, branch.Parameters, branch.Results);
                break;
            case Opcode.Else:
                BeginElse();
                break;
            case Opcode.End:
                EndBlock();
                break;
            case Opcode.TryTable:
                ValidateTryTable(ref reader);
                break;
            case Opcode.Br:
                PopAll(Label(reader.ReadU32()));
                MarkUnreachable();
                break;
            case Opcode.BrIf:
                var target = Label(reader.ReadU32());
                Pop(StackType.I32);
                Retype(target);
                break;
            case Opcode.BrTable:
                ValidateBranchTable(ref reader);
                break;
            case Opcode.Return:
                PopAll(_signature.Results);
                MarkUnreachable();
                break;
            case Opcode.Call:
                Call(_spaces.Functions[FunctionIndex(ref reader)]);
                break;
            case Opcode.ReturnCall:
                ReturnCall(_spaces.Functions[FunctionIndex(ref reader)]);
                break;
            case Opcode.CallIndirect:
                Call(ReadIndirectCallee(ref reader));
                break;
            case Opcode.ReturnCallIndirect:
                ReturnCall(ReadIndirectCallee(ref reader));
                break;
            case Opcode.CallRef:
                Call(ReadReferenceCallee(ref reader));
                break;
            case Opcode.ReturnCallRef:
                ReturnCall(ReadReferenceCallee(ref reader));
                break;
            case Opcode.Drop:
                PopAny();
                break;
            case Opcode.Select:
                ValidateSelect();
                break;
            case Opcode.SelectTyped:
                ValidateTypedSelect(ref reader);
                break;
            case Opcode.MemorySize:
                Push(Memory(reader.ReadU32()));
                break;
            case Opcode.MemoryGrow:
                var address = Memory(reader.ReadU32());
                Pop(address);
                Push(address);
                break;
            case Opcode.Throw:
                PopAll(Tag(reader.ReadU32()));
                MarkUnreachable();
                break;
            case Opcode.ThrowRef:
                Pop(StackType.ExnRef);
                MarkUnreachable();
                break;
            default:
                ValidateReference(ref reader, opcode);
                break;
        }
    }

    private void PushFrame(Opcode opcode, StackType[] start, StackType[] end)
    {
        if (_depth == _frames.Length) Array.Resize(ref _frames, 2 * _depth);
        _frames[_depth++] = new ControlFrame(opcode, start, end, _height, _initializations.Count);
        _frameHeight = _height;
        _isUnreachable = false;
        PushAll(start);
    }

    /// <summary>Checks that a block ends with exactly its results, and takes them.</summary>
    private void FinishFrame()
    {
        ref readonly var frame = ref _frames[_depth - 1];
        PopAll(frame.End);
        if (_height != _frameHeight)
        {
            var left = _stack.AsSpan(_frameHeight, _height - _frameHeight);
            throw Invalid($"type mismatch: {StackTypes.Describe(left)} left on the stack at the end of a block");
        }
        if (_tracksInitialization) ClearInitializations(frame.InitializationHeight);
    }

    private void BeginElse()
    {
        if (_frames[_depth - 1].Opcode != Opcode.If) throw Malformed("END opcode expected");
        FinishFrame();
        var frame = _frames[--_depth];
        PushFrame(Opcode.Else, frame.Start, frame.End);
    }

    private void EndBlock()
    {
        // An if without else is one with an empty else.
        if (_frames[_depth - 1].Opcode == Opcode.If) BeginElse();
        FinishFrame();
        var results = _frames[--_depth].End;
        if (_depth == 0) return;
        ref readonly var outer = ref _frames[_depth - 1];
        _frameHeight = outer.Height;
        _isUnreachable = outer.IsUnreachable;
        PushAll(results);
    }

    private void MarkUnreachable()
    {
        _height = _frameHeight;
        _isUnreachable = true;
        _frames[_depth - 1].IsUnreachable = true;
    }

    private StackType[] Label(uint depth)
    {
        if (depth >= (uint)_depth) throw Invalid($"unknown label {depth}");
        return _frames[_depth - 1 - (int)depth].LabelTypes;
    }

    private Signature ReadBlockType(ref CodeReader reader)
    {
        var first = reader.PeekByte();
        if (first is >= 0x40 and < 0x80)
        {
            if (first == 0x40)
            {
                reader.Position++;
                return Signature.Empty;
            }
            return BlockOf(_context.Convert(reader.ReadValueType(), _offset));
        }
        var index = reader.ReadS33();
        return index >= 0 ? _context.SignatureAt((uint)index, _offset) : throw Malformed("malformed block type");
    }

    private Signature BlockOf(StackType result) =>
        result.IsReference() ? new Signature([], ListOf(result)) : Signature.ToNumber(result);

    // A branch to labels of equal types needs checking once, however often the table names them.
    private void ValidateBranchTable(ref CodeReader reader)
    {
        Pop(StackType.I32);
        var count = reader.ReadCount(WasmLimits.MaxBranchTableTargets, "br_table targets");
        StackType[]? last = null;
        var arity = -1;
        _checkedTargets?.Clear();
        for (var i = 0; i <= count; i++)
        {
            var types = Label(reader.ReadU32());
            if (ReferenceEquals(types, last)) continue;
            last = types;
            if (arity >= 0 && types.Length != arity)
            {
                throw Invalid($"type mismatch: labels of br_table take {arity} and {types.Length} operands");
            }
            arity = types.Length;
            if (arity == 0 || (_height - _frameHeight >= arity && IsTop(types))) continue;
            if ((_checkedTargets ??= new(ReferenceEqualityComparer.Instance)).Add(types)) CheckTop(types);
        }
        MarkUnreachable();
    }

    private void Call(Signature callee)
    {
        PopAll(callee.Parameters);
        PushAll(callee.Results);
    }

    private void ReturnCall(Signature callee)
    {
        if (!_context.Matches(callee.Results, _signature.Results))
        {
            throw Invalid(
                $"type mismatch: current function requires result type {StackTypes.Describe(_signature.Results)} " +
                $"but callee returns {StackTypes.Describe(callee.Results)}");
        }
        PopAll(callee.Parameters);
        MarkUnreachable();
    }

    private int FunctionIndex(ref CodeReader reader)
    {
        var index = reader.ReadU32();
        return index < (uint)_spaces.Functions.Length ? (int)index : throw Invalid($"unknown function {index}");
    }

    private Signature ReadIndirectCallee(ref CodeReader reader)
    {
        var type = reader.ReadU32();
        var table = Table(reader.ReadU32());
        var callee = _context.SignatureAt(type, _offset);
        if (!_context.Matches(table.Element, StackType.FuncRef))
        {
            throw Invalid(
                "type mismatch: instruction requires table of function type " +
                $"but table has element type {table.Element.ToValueType()}");
        }
        Pop(table.Address);
        return callee;
    }

    private Signature ReadReferenceCallee(ref CodeReader reader)
    {
        var type = reader.ReadU32();
        var callee = _context.SignatureAt(type, _offset);
        Pop(StackTypes.ToConcrete(_context.Canonical[type], nullable: true));
        return callee;
    }

    private void ValidateSelect()
    {
        Pop(StackType.I32);
        var second = PopAny();
        var first = PopAny();
        if (first.IsReference() || second.IsReference())
        {
            var wrong = first.IsReference() ? first : second;
            throw Invalid(
                "type mismatch: instruction requires numeric or vector type " +
                $"but stack has [{wrong.ToValueType()}]");
        }
        if (first != second && first != StackType.Bottom && second != StackType.Bottom)
        {
            throw Invalid(
                $"type mismatch: instruction requires two values of one type " +
                $"but stack has {StackTypes.Describe([first, second])}");
        }
        Push(first == StackType.Bottom ? second : first);
    }

    private void ValidateTypedSelect(ref CodeReader reader)
    {
        var count = reader.ReadU32();
        var type = StackType.Bottom;
        for (var i = 0U; i < count; i++) type = _context.Convert(reader.ReadValueType(), _offset);
        if (count != 1) throw Invalid($"invalid result arity {count}: only 1 is allowed");
        Pop(StackType.I32);
        Pop(type);
        Pop(type);
        Push(type);
    }
}
