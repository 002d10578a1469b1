using System.Buffers.Binary;
using System.Reflection.Metadata;

namespace TensorWasm.Engine.Compilation;

/// <summary>
/// The instructions of one method. Branches are relative, so a prologue can be put in front once the body is known.
/// </summary>
internal sealed class IlWriter
{
    private readonly List<int> _labels = [];
    private readonly List<Fixup> _fixups = [];
    private byte[] _code = new byte[256];
    private int _lastBlock = -1;

    /// <summary>Instructions written.</summary>
    public int Instructions { get; private set; }

    /// <summary>Instructions that name a local or an argument.</summary>
    public int LocalReferences { get; private set; }

    /// <summary>Instructions whose result RyuJIT keeps in a temporary of its own when it does not optimise.</summary>
    public int Temporaries { get; private set; }

    /// <summary>Places where a basic block begins: marked labels and what follows a branch.</summary>
    public int BasicBlocks { get; private set; }

    /// <summary>Bytes written.</summary>
    public int Length { get; private set; }

    /// <summary>The bytes; complete once <see cref="ResolveLabels"/> has run.</summary>
    public ReadOnlySpan<byte> Code => _code.AsSpan(0, Length);

    /// <summary>Removes what was written from a position on: instructions without branches or labels.</summary>
    public void TakeBack(int position) => Length = position;

    public IlLabel DefineLabel()
    {
        _labels.Add(-1);
        return new IlLabel(_labels.Count - 1);
    }

    public void Mark(IlLabel label)
    {
        _labels[label.Index] = Length;
        BeginBlock();
    }

    public void Op(ILOpCode code)
    {
        Instructions++;
        if (code is ILOpCode.Dup or ILOpCode.Call or ILOpCode.Calli or ILOpCode.Newobj) Temporaries++;
        var value = (ushort)code;
        if (value > 0xFF) Byte((byte)(value >> 8));
        Byte((byte)value);
    }

    public void Op(ILOpCode code, int operand)
    {
        Op(code);
        Int32(operand);
    }

    public void Branch(ILOpCode code, IlLabel label)
    {
        Op(code);
        _fixups.Add(new Fixup(Length, label.Index, Length + 4));
        Int32(0);
        BeginBlock();
    }

    public void Switch(ReadOnlySpan<IlLabel> labels)
    {
        Op(ILOpCode.Switch);
        Int32(labels.Length);
        var next = Length + 4 * labels.Length;
        foreach (var label in labels)
        {
            _fixups.Add(new Fixup(Length, label.Index, next));
            Int32(0);
        }
        BeginBlock();
    }

    private void BeginBlock()
    {
        if (_lastBlock != Length) BasicBlocks++;
        _lastBlock = Length;
    }

    public void LdcI4(int value)
    {
        if (value is >= -1 and <= 8)
        {
            Instructions++;
            Byte((byte)((int)ILOpCode.Ldc_i4_0 + value));
        }
        else if (value is >= sbyte.MinValue and <= sbyte.MaxValue)
        {
            Op(ILOpCode.Ldc_i4_s);
            Byte((byte)value);
        }
        else
        {
            Op(ILOpCode.Ldc_i4, value);
        }
    }

    public void LdcI8(long value)
    {
        if (value is >= int.MinValue and <= int.MaxValue)
        {
            LdcI4((int)value);
            Op(ILOpCode.Conv_i8);
        }
        else
        {
            Op(ILOpCode.Ldc_i8);
            Int64(value);
        }
    }

    /// <summary>An unsigned constant to be added to a native integer.</summary>
    public void LdcOffset(ulong value)
    {
        if (value <= int.MaxValue)
        {
            // Added to a native integer, an int32 is extended to one (ECMA-335, III.1.5).
            LdcI4((int)value);
        }
        else
        {
            Op(ILOpCode.Ldc_i8);
            Int64((long)value);
            Op(ILOpCode.Conv_u);
        }
    }

    public void LdcR4(uint bits) => Op(ILOpCode.Ldc_r4, (int)bits);

    public void LdcR8(ulong bits)
    {
        Op(ILOpCode.Ldc_r8);
        Int64((long)bits);
    }

    public void Ldarg(int index) => Indexed(index, ILOpCode.Ldarg_0, ILOpCode.Ldarg_s, ILOpCode.Ldarg);

    public void Starg(int index) => Indexed(index, null, ILOpCode.Starg_s, ILOpCode.Starg);

    public void Ldloc(int index) => Indexed(index, ILOpCode.Ldloc_0, ILOpCode.Ldloc_s, ILOpCode.Ldloc);

    public void Stloc(int index) => Indexed(index, ILOpCode.Stloc_0, ILOpCode.Stloc_s, ILOpCode.Stloc);

    public void Ldloca(int index) => Indexed(index, null, ILOpCode.Ldloca_s, ILOpCode.Ldloca);

    public void Call(EntityToken token) => Op(ILOpCode.Call, token.Value);

    public void Field(ILOpCode code, EntityToken token) => Op(code, token.Value);

    /// <summary>Writes branch distances. Every label that is branched to must be marked.</summary>
    public void ResolveLabels()
    {
        foreach (var fixup in _fixups)
        {
            var target = _labels[fixup.Label];
            if (target < 0) throw new InternalCompilerException("branch to a label that was never marked");
            BinaryPrimitives.WriteInt32LittleEndian(_code.AsSpan(fixup.Position), target - fixup.Origin);
        }
        _fixups.Clear();
    }

    private void Indexed(int index, ILOpCode? tiny, ILOpCode small, ILOpCode large)
    {
        LocalReferences++;
        if (index < 4 && tiny is { } first)
        {
            Instructions++;
            Byte((byte)((int)first + index));
        }
        else if (index <= byte.MaxValue)
        {
            Op(small);
            Byte((byte)index);
        }
        else
        {
            Op(large);
            var span = Grow(2);
            BinaryPrimitives.WriteUInt16LittleEndian(span, checked((ushort)index));
        }
    }

    /// <summary>Overwrites a constant that was written at a position with a load of a local, and the rest with nothing.</summary>
    public void ReplaceConstant(int position, int length, int local)
    {
        var end = Length;
        Length = position;
        Ldloc(local);
        while (Length < position + length) Op(ILOpCode.Nop);
        Length = end;
    }

    private void Byte(byte value)
    {
        if (Length == _code.Length) Array.Resize(ref _code, _code.Length * 2);
        _code[Length++] = value;
    }

    private void Int32(int value) => BinaryPrimitives.WriteInt32LittleEndian(Grow(4), value);

    private void Int64(long value) => BinaryPrimitives.WriteInt64LittleEndian(Grow(8), value);

    private Span<byte> Grow(int count)
    {
        while (Length + count > _code.Length) Array.Resize(ref _code, _code.Length * 2);
        var span = _code.AsSpan(Length, count);
        Length += count;
        return span;
    }

    private readonly record struct Fixup(int Position, int Label, int Origin);
}
