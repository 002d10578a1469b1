namespace TensorWasm.Wasm;

/// <content>Structures, arrays, casts and conversions (sections 3.4.2 and 3.4.3).</content>
internal sealed partial class FunctionValidator
{
    private void ValidateAggregate(ref CodeReader reader, Opcode opcode)
    {
        switch (opcode)
        {
            case Opcode.StructNew or Opcode.StructNewDefault:
                ValidateStructNew(reader.ReadU32(), opcode == Opcode.StructNewDefault);
                break;
            case Opcode.StructGet or Opcode.StructGetS or Opcode.StructGetU:
                var (owner, read) = ReadField(ref reader);
                if (read.Storage.IsPacked == (opcode == Opcode.StructGet))
                {
                    throw Invalid($"type mismatch: field is {(read.Storage.IsPacked ? "packed" : "unpacked")}");
                }
                Pop(owner);
                Push(_context.Convert(read.Storage));
                break;
            case Opcode.StructSet:
                var (target, written) = ReadField(ref reader);
                if (!written.IsMutable) throw Invalid("immutable field");
                Pop(_context.Convert(written.Storage));
                Pop(target);
                break;
            case >= Opcode.ArrayNew and <= Opcode.ArrayNewElem:
                ValidateArrayNew(ref reader, opcode);
                break;
            case Opcode.ArrayLen:
                Pop(StackType.ArrayRef);
                Push(StackType.I32);
                break;
            case >= Opcode.ArrayGet and <= Opcode.ArrayInitElem:
                ValidateArrayAccess(ref reader, opcode);
                break;
            case Opcode.RefTest or Opcode.RefTestNull or Opcode.RefCast or Opcode.RefCastNull:
                ValidateCast(ref reader, opcode);
                break;
            case Opcode.BrOnCast or Opcode.BrOnCastFail:
                ValidateCastBranch(ref reader, opcode);
                break;
            case Opcode.AnyConvertExtern:
                Convert(StackType.ExternRef, HeapType.Any);
                break;
            case Opcode.ExternConvertAny:
                Convert(StackType.AnyRef, HeapType.Extern);
                break;
            case Opcode.RefI31:
                Pop(StackType.I32);
                Push(StackType.I31Ref.AsNonNull());
                break;
            case Opcode.I31GetS or Opcode.I31GetU:
                Pop(StackType.I31Ref);
                Push(StackType.I32);
                break;
            default:
                throw new InvalidOperationException($"no rule for {opcode}");
        }
    }

    private void ValidateStructNew(uint type, bool isDefault)
    {
        var structure = _context.StructAt(type, _offset);
        for (var i = structure.Fields.Count - 1; i >= 0; i--)
        {
            var field = structure.Fields[i].Storage;
            if (!isDefault)
            {
                Pop(_context.Convert(field));
            }
            else if (!field.IsDefaultable)
            {
                throw Invalid("type mismatch: field type is not defaultable");
            }
        }
        Push(Concrete(type, nullable: false));
    }

    private (StackType Owner, FieldType Field) ReadField(ref CodeReader reader)
    {
        var type = reader.ReadU32();
        var field = reader.ReadU32();
        var structure = _context.StructAt(type, _offset);
        return field < (uint)structure.Fields.Count
            ? (Concrete(type), structure.Fields[(int)field])
            : throw Invalid($"unknown field {field}");
    }

    private void ValidateArrayNew(ref CodeReader reader, Opcode opcode)
    {
        var type = reader.ReadU32();
        var field = _context.ArrayAt(type, _offset);
        var element = _context.Convert(field.Storage);
        switch (opcode)
        {
            case Opcode.ArrayNew:
                Pop(StackType.I32);
                Pop(element);
                break;
            case Opcode.ArrayNewDefault:
                if (!element.IsDefaultable()) throw Invalid("type mismatch: array type is not defaultable");
                Pop(StackType.I32);
                break;
            case Opcode.ArrayNewFixed:
                PopRepeated(element, reader.ReadU32());
                break;
            case Opcode.ArrayNewData:
                CheckData(reader.ReadU32());
                CheckNumeric(element);
                Pop(StackType.I32);
                Pop(StackType.I32);
                break;
            case Opcode.ArrayNewElem:
                CheckElements(Element(reader.ReadU32()), element);
                Pop(StackType.I32);
                Pop(StackType.I32);
                break;
        }
        Push(Concrete(type, nullable: false));
    }

    private void PopRepeated(StackType element, uint count)
    {
        if (count > WasmLimits.MaxFixedArrayLength)
        {
            throw Invalid($"too many operands of array.new_fixed, the limit is {WasmLimits.MaxFixedArrayLength}");
        }
        for (; count > 0; count--) Pop(element);
    }

    private void ValidateArrayAccess(ref CodeReader reader, Opcode opcode)
    {
        var type = reader.ReadU32();
        var field = _context.ArrayAt(type, _offset);
        var element = _context.Convert(field.Storage);
        var writes = opcode is not (Opcode.ArrayGet or Opcode.ArrayGetS or Opcode.ArrayGetU);
        if (writes && !field.IsMutable) throw Invalid("immutable array");
        switch (opcode)
        {
            case Opcode.ArraySet:
                PopThree(Concrete(type), StackType.I32, element);
                break;
            case Opcode.ArrayFill:
                Pop(StackType.I32);
                PopThree(Concrete(type), StackType.I32, element);
                break;
            case Opcode.ArrayCopy:
                var source = reader.ReadU32();
                CheckStorage(_context.ArrayAt(source, _offset).Storage, field.Storage);
                Pop(StackType.I32);
                Pop(StackType.I32);
                Pop(Concrete(source));
                Pop(StackType.I32);
                Pop(Concrete(type));
                break;
            case Opcode.ArrayInitData:
                CheckData(reader.ReadU32());
                CheckNumeric(element);
                Pop(StackType.I32);
                PopThree(Concrete(type), StackType.I32, StackType.I32);
                break;
            case Opcode.ArrayInitElem:
                CheckElements(Element(reader.ReadU32()), element);
                Pop(StackType.I32);
                PopThree(Concrete(type), StackType.I32, StackType.I32);
                break;
            default:
                if (field.Storage.IsPacked == (opcode == Opcode.ArrayGet))
                {
                    throw Invalid($"type mismatch: array is {(field.Storage.IsPacked ? "packed" : "unpacked")}");
                }
                Pop(StackType.I32);
                Pop(Concrete(type));
                Push(element);
                break;
        }
    }

    private void CheckStorage(ValueType source, ValueType destination)
    {
        var matches = source.IsPacked || destination.IsPacked
            ? source.Kind == destination.Kind
            : _context.Matches(_context.Convert(source), _context.Convert(destination));
        if (!matches) throw Invalid("array types do not match");
    }

    private void CheckNumeric(StackType element)
    {
        if (element.IsReference()) throw Invalid("array type is not numeric or vector");
    }

    private void Convert(StackType from, HeapType to)
    {
        var nullable = PopReferenceBelow(from).IsNullable();
        Push(StackTypes.ToAbstract(to, nullable));
    }

    private StackType PopReferenceBelow(StackType expected)
    {
        var actual = PopReference();
        if (_context.Matches(actual, expected)) return actual;
        throw Invalid(
            $"type mismatch: instruction requires [{expected.ToValueType()}] but stack has [{actual.ToValueType()}]");
    }

    private StackType Concrete(uint type, bool nullable = true) =>
        StackTypes.ToConcrete(_context.Canonical[type], nullable);
}
