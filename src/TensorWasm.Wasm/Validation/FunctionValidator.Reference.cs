namespace TensorWasm.Wasm;

/// <content>References and tables (sections 3.4.2 and 3.4.5).</content>
internal sealed partial class FunctionValidator
{
    private void ValidateReference(ref CodeReader reader, Opcode opcode)
    {
        switch (opcode)
        {
            case Opcode.TableGet:
                var read = Table(reader.ReadU32());
                Pop(read.Address);
                Push(read.Element);
                break;
            case Opcode.TableSet:
                var written = Table(reader.ReadU32());
                Pop(written.Element);
                Pop(written.Address);
                break;
            case Opcode.RefNull:
                Push(ReadReference(ref reader, nullable: true));
                break;
            case Opcode.RefIsNull:
                PopReference();
                Push(StackType.I32);
                break;
            case Opcode.RefFunc:
                var function = FunctionIndex(ref reader);
                if (_isConstant)
                {
                    _spaces.Declare(function);
                }
                else if (!_spaces.IsDeclared(function))
                {
                    throw Invalid($"undeclared function reference {function}");
                }
                Push(StackTypes.ToConcrete(_context.Canonical[_context.Module.Functions[function]], nullable: false));
                break;
            case Opcode.RefEq:
                Pop(StackType.EqRef);
                Pop(StackType.EqRef);
                Push(StackType.I32);
                break;
            case Opcode.RefAsNonNull:
                Push(PopReference().AsNonNull());
                break;
            case Opcode.BrOnNull:
                var whenNull = Label(reader.ReadU32());
                var tested = PopReference();
                Retype(whenNull);
                Push(tested.AsNonNull());
                break;
            case Opcode.BrOnNonNull:
                var whenNonNull = Label(reader.ReadU32());
                if (whenNonNull.Length == 0 || !whenNonNull[^1].IsReference())
                {
                    throw Invalid(
                        "type mismatch: instruction requires reference type " +
                        $"but label has {StackTypes.Describe(whenNonNull)}");
                }
                Pop(whenNonNull[^1].AsNullable());
                RetypeAllButLast(whenNonNull);
                break;
            default:
                throw new InvalidOperationException($"no rule for {opcode}");
        }
    }

    private StackType ReadReference(ref CodeReader reader, bool nullable) =>
        _context.Convert(reader.ReadHeapType(), nullable, _offset);

    private void ValidateCast(ref CodeReader reader, Opcode opcode)
    {
        var nullable = opcode is Opcode.RefTestNull or Opcode.RefCastNull;
        var target = ReadReference(ref reader, nullable);
        Pop(_context.TopOf(target));
        Push(opcode is Opcode.RefTest or Opcode.RefTestNull ? StackType.I32 : target);
    }

    private void ValidateCastBranch(ref CodeReader reader, Opcode opcode)
    {
        var flags = InstructionSkipper.ReadCastFlags(ref reader);
        var label = Label(reader.ReadU32());
        var source = ReadReference(ref reader, (flags & 1) != 0);
        var target = ReadReference(ref reader, (flags & 2) != 0);
        if (!_context.Matches(target, source))
        {
            throw Invalid(
                $"type mismatch on cast: type {target.ToValueType()} does not match {source.ToValueType()}");
        }
        // A null that the target type takes does not go the other way.
        var rest = target.IsNullable() ? source.AsNonNull() : source;
        var (taken, kept) = opcode == Opcode.BrOnCast ? (target, rest) : (rest, target);
        if (label.Length == 0 || !_context.Matches(taken, label[^1]))
        {
            throw Invalid(
                $"type mismatch: instruction requires type {taken.ToValueType()} " +
                $"but label has {StackTypes.Describe(label)}");
        }
        Pop(source);
        RetypeAllButLast(label);
        Push(kept);
    }

    private void RetypeAllButLast(StackType[] types)
    {
        if (types.Length > 1) Retype(types[..^1]);
    }
}
