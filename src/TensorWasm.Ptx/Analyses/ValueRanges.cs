using System.Globalization;
using System.Numerics;
using System.Text;
using TensorWasm.Ptx.Ir;
using TensorWasm.Ptx.Isa;

namespace TensorWasm.Ptx.Analyses;

/// <summary>
/// Bounds of what registers hold: the join over all of a register's definitions, each evaluated from its operands,
/// with <see cref="RegisterBits"/> where no rule fits. What a cycle feeds, or might wrap, has no bounds. Shows that an
/// index computed from a thread's number, or from a byte of data, stays inside a shared array. Like the known bits, it
/// is valid after registers were initialised.
/// </summary>
internal sealed class ValueRanges
{
    private const int MaxDepth = 48;

    private readonly Kernel _kernel;
    private readonly RegisterBits _bits;
    private readonly List<Instruction>?[] _definitions;
    private readonly ValueRange?[] _known;
    private readonly State[] _states;

    private ValueRanges(Kernel kernel)
    {
        _kernel = kernel;
        _bits = RegisterBits.Of(kernel);
        _definitions = new List<Instruction>?[kernel.Registers.Count];
        _known = new ValueRange?[kernel.Registers.Count];
        _states = new State[kernel.Registers.Count];
        foreach (Instruction instruction in kernel.Blocks.SelectMany(block => block.Instructions))
        {
            foreach (Register register in instruction.Writes)
            {
                (_definitions[register.Id] ??= []).Add(instruction);
            }
        }
    }

    private enum State : byte
    {
        Unknown,
        Active,
        Known,
    }

    /// <summary>Analyses a kernel as it stands.</summary>
    public static ValueRanges Of(Kernel kernel) => new(kernel);

    /// <summary>Bounds of a register's value, or null.</summary>
    public ValueRange? Of(Register register) => Of(register, 0);

    /// <summary>Whether an access lies inside the variable whose address its register was computed from.</summary>
    public bool Proves(MemoryOperand memory, StateSpace space, int bytes) =>
        memory.Base is { } register && Of(register) is { Variable: { } variable } range && variable.Space == space
            && range.Low + memory.Offset >= 0 && range.High + memory.Offset + bytes <= variable.Size
            && memory.Offset % bytes == 0 && (1L << range.ZeroBits) >= bytes;

    /// <inheritdoc/>
    public override string ToString()
    {
        var text = new StringBuilder();
        foreach (Register register in _kernel.Registers)
        {
            if (Of(register) is { } range)
            {
                text.Append(CultureInfo.InvariantCulture, $"{register}: {range.Variable}+[{range.Low}, {range.High}]\n");
            }
        }

        return text.ToString();
    }

    private ValueRange? Of(Register register, int depth)
    {
        int id = register.Id;
        if (id >= _states.Length)
        {
            return null;
        }

        if (_states[id] == State.Known)
        {
            return _known[id];
        }

        if (_states[id] == State.Active || depth > MaxDepth || _definitions[id] is not { } definitions)
        {
            return null;
        }

        _states[id] = State.Active;
        ValueRange? result = null;
        for (int i = 0; i < definitions.Count; i++)
        {
            ValueRange? range = definitions[i].Writes.Count == 1 ? Evaluate(definitions[i], depth + 1) : null;
            result = i == 0 ? range : range is { } next && result is { } earlier ? earlier.Join(next) : null;
            if (result is null)
            {
                break;
            }
        }

        _states[id] = State.Known;
        return _known[id] = Narrow(result, _bits.Of(register));
    }

    /// <summary>A number is also no larger than its known bits allow.</summary>
    private static ValueRange? Narrow(ValueRange? range, KnownBits bits)
    {
        if (range is { Variable: not null } || bits.Maximum > (ulong)ValueRange.Limit)
        {
            return range;
        }

        long maximum = (long)bits.Maximum;
        return range is { } known
            ? ValueRange.Of(null, known.Low, Math.Min(known.High, maximum), Math.Max(known.ZeroBits, bits.TrailingZeros))
            : ValueRange.Of(null, 0, maximum, bits.TrailingZeros);
    }

    private ValueRange? Evaluate(Instruction instruction, int depth)
    {
        PtxOpcode opcode = instruction.Opcode;
        bool integer = opcode is { Effect: Effect.None, Type: { Bits: 32 or 64, Class: TypeClass.Integer or TypeClass.Bits } }
            && !opcode.Has("sat") && !opcode.Has("hi") && instruction.Operands[0] is RegisterOperand;
        if (!integer)
        {
            return null;
        }

        int size = opcode.Type!.Bits;
        ValueRange? Arg(int index) => Of(instruction.Operands[index], size, depth);
        switch (opcode.Mnemonic)
        {
            case "mov":
                return Arg(1);
            case "cvt" when opcode.SourceType is { Bits: 32 or 64, Class: TypeClass.Integer }:
                return Arg(1);
            case "add":
                return Sum(instruction.Operands[1], instruction.Operands[2], size, depth);
            case "mul":
                return Product(Arg(1), Arg(2));
            case "mad":
                return Product(Arg(1), Arg(2)) is { } product
                    && Of(instruction.Operands[3], opcode.Has("wide") ? 64 : size, depth) is { } addend
                    ? Sum(product, addend)
                    : null;
            case "shl" when instruction.Operands[2] is ImmediateOperand { Bits: < 31 } left:
                return Product(Arg(1), ValueRange.Constant(1L << (int)left.Bits));
            case "shr" when instruction.Operands[2] is ImmediateOperand { Bits: < 31 } right:
                int count = (int)right.Bits;
                return Arg(1) is { Variable: null } shifted
                    ? ValueRange.Of(null, shifted.Low >> count, shifted.High >> count, Math.Max(shifted.ZeroBits - count, 0))
                    : null;
            case "or" when Arg(1) is { } x && Arg(2) is { } y && (x.Variable is null || y.Variable is null):
                // At least the larger, at most the sum; of an address, at least the address.
                return ValueRange.Of(
                    x.Variable ?? y.Variable,
                    x.Variable is null && y.Variable is null ? Math.Max(x.Low, y.Low) : x.Variable is null ? y.Low : x.Low,
                    x.High + y.High,
                    Math.Min(x.ZeroBits, y.ZeroBits));
            case "xor":
                return Arg(1) is { Variable: null } a && Arg(2) is { Variable: null } b
                    ? ValueRange.Of(null, 0, a.High + b.High, Math.Min(a.ZeroBits, b.ZeroBits))
                    : null;
            case "min":
                return Arg(1) is { Variable: null } c && Arg(2) is { Variable: null } d
                    ? ValueRange.Of(null, Math.Min(c.Low, d.Low), Math.Min(c.High, d.High), Math.Min(c.ZeroBits, d.ZeroBits))
                    : null;
            case "selp":
                return Arg(1) is { } then && Arg(2) is { } otherwise ? then.Join(otherwise) : null;
            default:
                return null;
        }
    }

    private ValueRange? Of(Operand operand, int size, int depth) => operand switch
    {
        RegisterOperand { IsNegated: false } register => Of(register.Register, depth),
        ImmediateOperand { IsInteger: true } constant => ValueRange.Constant(Constants.Signed(constant, size)),
        AddressOfOperand { Variable: { IsDynamic: false, Space: StateSpace.Shared or StateSpace.Local or StateSpace.Const } v } a =>
            ValueRange.Of(
                v, a.Offset, a.Offset, Math.Min(BitOperations.Log2((uint)v.Alignment), BitOperations.TrailingZeroCount(a.Offset))),
        SpecialOperand special => Special(special),
        _ => null,
    };

    private ValueRange? Special(SpecialOperand special)
    {
        KnownBits bits = _bits.Of(special);
        return bits.Maximum <= (ulong)ValueRange.Limit
            ? ValueRange.Of(null, 0, (long)bits.Maximum, bits.TrailingZeros)
            : null;
    }

    /// <summary>Constants may be negative as long as the sum is not.</summary>
    private ValueRange? Sum(Operand a, Operand b, int size, int depth)
    {
        if (b is not ImmediateOperand { IsInteger: true } constant)
        {
            return Of(a, size, depth) is { } first && Of(b, size, depth) is { } second ? Sum(first, second) : null;
        }

        long value = Constants.Signed(constant, size);
        return Math.Abs(value) <= ValueRange.Limit && Of(a, size, depth) is { } range
            ? ValueRange.Of(
                range.Variable, range.Low + value, range.High + value,
                Math.Min(range.ZeroBits, BitOperations.TrailingZeroCount(value)))
            : null;
    }

    private static ValueRange? Sum(ValueRange a, ValueRange b) => a.Variable is null || b.Variable is null
        ? ValueRange.Of(a.Variable ?? b.Variable, a.Low + b.Low, a.High + b.High, Math.Min(a.ZeroBits, b.ZeroBits))
        : null;

    /// <summary>Both are at most 2^30, so the product fits.</summary>
    private static ValueRange? Product(ValueRange? a, ValueRange? b) =>
        a is { Variable: null } first && b is { Variable: null } second
            ? ValueRange.Of(null, first.Low * second.Low, first.High * second.High, first.ZeroBits + second.ZeroBits)
            : null;
}
