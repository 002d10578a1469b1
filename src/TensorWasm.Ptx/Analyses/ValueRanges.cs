using System.Globalization;
using System.Numerics;
using System.Text;
using TensorWasm.Ptx.Ir;
using TensorWasm.Ptx.Isa;

namespace TensorWasm.Ptx.Analyses;

/// <summary>
/// Bounds of what registers hold: the join over all of a register's definitions, each evaluated from its operands,
/// with <see cref="RegisterBits"/> where no rule fits. What a cycle feeds has the bounds that a few rounds through it
/// find to hold for ever, as they do for the number of a pipeline's stage; what might wrap has none. Shows that an index
/// computed from a thread's number, or from a byte of data, stays inside a shared array. Like the known bits, it is
/// valid after registers were initialised.
/// </summary>
internal sealed class ValueRanges
{
    private const int MaxDepth = 48;

    /// <summary>Rounds through a cycle: a pipeline has fewer stages.</summary>
    private const int MaxRounds = 16;

    /// <summary>Steps of all questions together: what lies on a cycle is looked at more than once.</summary>
    private const int MaxSteps = 1 << 18;

    private readonly Kernel _kernel;
    private readonly RegisterBits _bits;
    private readonly Definitions _definitions;
    private readonly RegisterTable<Fact> _facts;
    private int _steps;
    private bool _readNothing;
    private int _open;
    private int _lowest = int.MaxValue;

    private ValueRanges(Kernel kernel, Definitions definitions)
    {
        _kernel = kernel;
        _definitions = definitions;
        _bits = RegisterBits.Of(kernel, _definitions);
        _facts = new(kernel.RegisterList.Count);
    }

    private enum State : byte
    {
        Unknown,
        Active,
        Known,
    }

    /// <summary>What is known of a register, and its place among those that are being followed.</summary>
    private record struct Fact(ValueRange? Range, State State, int Place);

    /// <summary>Analyses a kernel as it stands.</summary>
    public static ValueRanges Of(Kernel kernel) => new(kernel, Definitions.Of(kernel));

    /// <summary>Analyses a kernel whose definitions are known.</summary>
    public static ValueRanges Of(Kernel kernel, Definitions definitions) => new(kernel, definitions);

    /// <summary>What is known of registers' bits.</summary>
    public RegisterBits Bits => _bits;

    /// <summary>Bounds of a register's value, or null.</summary>
    public ValueRange? Of(Register register) => Of(register, 0) is { IsNothing: false } range ? range : null;

    /// <summary>Whether an access lies inside the variable whose address its register was computed from.</summary>
    public bool Proves(MemoryOperand memory, StateSpace space, int bytes) =>
        memory.Base is { } register && Of(register) is { Variable: { IsDynamic: false } variable, InUnits: false } range
            && variable.Space == space && range.Needs <= variable.Size
            && range.Low + memory.Offset >= 0 && range.High + memory.Offset + bytes <= variable.Size
            && memory.Offset % bytes == 0 && (1L << range.ZeroBits) >= bytes;

    /// <summary>
    /// Whether an address, a register's value and an offset, is aligned and lies at or after the beginning of a space's memory, from the variable whose address its
    /// register was computed from. A dynamic variable ends where the launch says.
    /// </summary>
    public bool ProvesBegin(Register address, long offset, StateSpace space, int bytes) =>
        Of(address) is { Variable: { } variable, InUnits: false, Needs: 0 } range
            && variable.Space == space && range.Low + offset >= 0 && range.High + offset <= ValueRange.Limit
            && offset % bytes == 0 && (1L << range.ZeroBits) >= bytes;

    /// <summary>
    /// Where the matrix of a descriptor starts, in units: the low 14 bits of its value (PTX ISA 9.7.15.5.1), to which a
    /// layout was joined by <c>or</c> or by <c>add</c>. Null when that is not known.
    /// </summary>
    public ValueRange? StartOf(Register descriptor)
    {
        if (Of(descriptor) is { InUnits: true } plain)
        {
            return plain;
        }

        if (_definitions[descriptor] is not [{ Instruction: { Guard: null } definition }]
            || definition.Opcode is not { Mnemonic: "or" or "add", Type.Bits: 64 }
            || definition.Operands[1] is not RegisterOperand { IsNegated: false } start
            || definition.Operands[2] is not ImmediateOperand { IsInteger: true } layout)
        {
            return null;
        }

        const ulong Start = 0x3FFF;
        long step = (long)(layout.Bits & Start);
        bool isSum = definition.Opcode.Mnemonic == "add";
        return (isSum || step == 0) && Of(start.Register) is { InUnits: true } units
            && ValueRange.Constant(step) is { } steps
            ? ValueRange.Sum(units, steps)?.Keep14Bits()
            : null;
    }

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
        if (!_facts.Covers(register))
        {
            return null;
        }

        Fact fact = _facts[register];
        if (fact.State == State.Known)
        {
            return fact.Range;
        }

        if (fact.State == State.Active)
        {
            // What the rounds so far have found; at first nothing.
            _lowest = Math.Min(_lowest, fact.Place);
            return fact.Range;
        }

        ReadOnlySpan<Definition> definitions = _definitions[register];
        if (depth > MaxDepth || ++_steps > MaxSteps || definitions.IsEmpty)
        {
            return null;
        }

        int outer = _lowest;
        int place = _open++;
        _lowest = int.MaxValue;
        _facts[register] = new Fact(ValueRange.Nothing, State.Active, place);
        ValueRange? result = Join(register, definitions, depth);
        if (_lowest <= place)
        {
            result = Iterate(register, definitions, result, depth);
        }

        if (result is { IsNothing: true } && _lowest >= place)
        {
            result = null;
        }

        // What was found while an outer cycle is being followed holds for this round only.
        bool isFinal = _lowest >= place;
        _facts[register] = isFinal ? new Fact(result, State.Known, 0) : default;
        _lowest = Math.Min(outer, isFinal ? int.MaxValue : _lowest);
        _open--;
        return result;
    }

    /// <summary>
    /// Adds to what comes into a cycle from outside what each round makes of it, until a round adds nothing: then the
    /// bounds hold in every iteration.
    /// </summary>
    private ValueRange? Iterate(Register register, ReadOnlySpan<Definition> definitions, ValueRange? assumed, int depth)
    {
        for (int round = 0; round < MaxRounds && assumed is { } known; round++)
        {
            _facts[register].Range = known;
            if (Join(register, definitions, depth) is not { } next)
            {
                return null;
            }

            if (next.IsNothing || known.Contains(next))
            {
                return known;
            }

            assumed = known.Join(next);
        }

        return null;
    }

    private ValueRange? Join(Register register, ReadOnlySpan<Definition> definitions, int depth)
    {
        ValueRange? result = ValueRange.Nothing;
        foreach (Definition definition in definitions)
        {
            ValueRange? range = definition.Instruction.Writes.Count == 1
                ? Evaluate(definition with { Point = _definitions.PointOf(register, definition) }, depth + 1)
                : null;
            result = Narrow(range, _bits.Of(register)) is { } next ? result.Value.Join(next) : null;
            if (result is null)
            {
                return null;
            }
        }

        return result;
    }

    /// <summary>A number is also no larger than its known bits allow.</summary>
    private static ValueRange? Narrow(ValueRange? range, KnownBits bits)
    {
        if (range is { Variable: not null } or { IsNothing: true } || bits.Maximum > (ulong)ValueRange.Limit)
        {
            return range;
        }

        long maximum = (long)bits.Maximum;
        return range is { } known
            ? ValueRange.Of(
                null, Math.Max(known.Low, 0), Math.Min(known.High, maximum), Math.Max(known.ZeroBits, bits.TrailingZeros))
            : ValueRange.Of(null, 0, maximum, bits.TrailingZeros);
    }

    /// <summary>What an instruction makes of its operands; nothing of nothing.</summary>
    private ValueRange? Evaluate(Definition definition, int depth)
    {
        if (++_steps > MaxSteps)
        {
            return null;
        }

        bool outer = _readNothing;
        _readNothing = false;
        ValueRange? result = Compute(definition, depth);
        if (_readNothing && definition.Instruction.Opcode.Mnemonic != "selp")
        {
            result = ValueRange.Nothing;
        }

        _readNothing = outer;
        return result;
    }

    private ValueRange? Compute(Definition definition, int depth)
    {
        Instruction instruction = definition.Instruction;
        PtxOpcode opcode = instruction.Opcode;
        bool integer = opcode is { Effect: Effect.None, Type: { Bits: 32 or 64, Class: TypeClass.Integer or TypeClass.Bits } }
            && !opcode.Has("sat") && !opcode.Has("hi") && instruction.Operands[0] is RegisterOperand;
        if (!integer)
        {
            return null;
        }

        int size = opcode.Type!.Bits;
        bool signed = opcode.Type.IsSigned;
        ValueRange? Arg(int index) => Of(definition.Point, instruction.Operands[index], size, depth);
        ValueRange? Natural(int index) => Arg(index) is { IsNatural: true } range ? range : null;
        switch (opcode.Mnemonic)
        {
            case "mov":
                return Arg(1);
            case "cvt" when opcode.SourceType is { Bits: 32 or 64, Class: TypeClass.Integer } source:
                return Arg(1) is { } number && (number.Low >= 0 || (source.IsSigned && signed)) ? number : null;
            case "add":
                return Sum(definition, size, depth);
            case "mul":
                return Product(Factor(Arg(1), opcode), Factor(Arg(2), opcode));
            case "mad":
                return Product(Factor(Arg(1), opcode), Factor(Arg(2), opcode)) is { } product
                    && Of(definition.Point, instruction.Operands[3], opcode.Has("wide") ? 64 : size, depth) is { } addend
                    ? ValueRange.Sum(product, addend)
                    : null;
            case "shl" when instruction.Operands[2] is ImmediateOperand { Bits: < 31 } left:
                return Product(Arg(1), ValueRange.Constant(1L << (int)left.Bits));
            case "shr" when instruction.Operands[2] is ImmediateOperand { Bits: < 31 } right:
                int count = (int)right.Bits;
                return Natural(1) is { } shifted
                    ? ValueRange.Of(null, shifted.Low >> count, shifted.High >> count, Math.Max(shifted.ZeroBits - count, 0))
                    : count == ValueRange.UnitBits ? Arg(1)?.ToUnits() : null;
            case "bfe" when !signed && instruction.Operands[2] is ImmediateOperand { Bits: ValueRange.UnitBits }
                && instruction.Operands[3] is ImmediateOperand { Bits: 14 }:
                return Arg(1)?.ToUnits()?.Keep14Bits();
            case "and" when instruction.Operands[2] is ImmediateOperand { Bits: 0x3FFF }:
                return Arg(1)?.Keep14Bits();
            case "or" when Arg(1) is { InUnits: false, Low: >= 0 } x && Arg(2) is { InUnits: false, Low: >= 0 } y
                && (x.Variable is null || y.Variable is null):
                // At least the larger, at most the sum; of an address, at least the address.
                return ValueRange.Of(
                    x.Variable ?? y.Variable,
                    x.Variable is null && y.Variable is null ? Math.Max(x.Low, y.Low) : x.Variable is null ? y.Low : x.Low,
                    x.High + y.High,
                    Math.Min(x.ZeroBits, y.ZeroBits));
            case "xor":
                return Natural(1) is { } a && Natural(2) is { } b
                    ? ValueRange.Of(null, 0, a.High + b.High, Math.Min(a.ZeroBits, b.ZeroBits))
                    : null;
            case "min":
                return Natural(1) is { } c && Natural(2) is { } d
                    ? ValueRange.Of(null, Math.Min(c.Low, d.Low), Math.Min(c.High, d.High), Math.Min(c.ZeroBits, d.ZeroBits))
                    : null;
            case "selp":
                return Chosen(definition, 1, isTrue: true, size, depth) is { } then
                    && Chosen(definition, 2, isTrue: false, size, depth) is { } otherwise
                    ? then.Join(otherwise)
                    : null;
            default:
                return null;
        }
    }

    /// <summary>
    /// What a choice takes from one of its sides, which it takes only when its predicate says so: where that compared the
    /// same value with a constant, the value lies on that side of it.
    /// </summary>
    private ValueRange? Chosen(Definition choice, int index, bool isTrue, int size, int depth)
    {
        Operand operand = choice.Instruction.Operands[index];
        ValueRange? range = Of(choice.Point, operand, size, depth);
        if (range is not { Variable: null, IsNothing: false } known || operand is not RegisterOperand { Register: var value }
            || choice.Instruction.Operands[3] is not RegisterOperand { Register: var predicate } selector
            || Comparison(choice.Point, predicate, value) is not { } comparison)
        {
            return range;
        }

        bool holds = isTrue != selector.IsNegated;
        PtxOpcode opcode = comparison.Opcode;
        long bound = Constants.Signed((ImmediateOperand)comparison.Operands[2], opcode.Type!.Bits);
        bool signed = opcode.Type.IsSigned;
        if (!signed && (known.Low < 0 || bound < 0))
        {
            return range;
        }

        (long low, long high) = (known.Low, known.High);
        string relation = opcode.Modifier("C") ?? "";
        switch (relation, holds)
        {
            case ("lt", true) or ("ge", false):
                high = Math.Min(high, bound - 1);
                break;
            case ("le", true) or ("gt", false):
                high = Math.Min(high, bound);
                break;
            case ("gt", true) or ("le", false):
                low = Math.Max(low, bound + 1);
                break;
            case ("ge", true) or ("lt", false):
                low = Math.Max(low, bound);
                break;
            case ("eq", true) or ("ne", false):
                (low, high) = (Math.Max(low, bound), Math.Min(high, bound));
                break;
            case ("ne", true) or ("eq", false):
                high = high == bound ? high - 1 : high;
                low = low == bound ? low + 1 : low;
                break;
        }

        // An empty range: this side is not taken with what is known so far. Any value of it will do.
        return low <= high ? ValueRange.Of(null, low, high, known.ZeroBits) : range;
    }

    /// <summary>
    /// The comparison of a value with a constant that decides a choice: it comes before it in the same block, with the same
    /// value and predicate.
    /// </summary>
    private Instruction? Comparison(CodePoint choice, Register predicate, Register value) =>
        _definitions.LastBefore(choice, predicate) is
        {
            Instruction: { Guard: null, Opcode.Mnemonic: "setp", Operands.Count: 3, Writes.Count: 1 } comparison,
            Point: var place,
        }
        && comparison.Opcode.Type is { Class: TypeClass.Integer, Bits: 32 or 64 }
        && comparison.Operands[1] is RegisterOperand { IsNegated: false } compared && compared.Register == value
        && comparison.Operands[2] is ImmediateOperand { IsInteger: true }
        && _definitions.AreDistinct(value)
        && _definitions.LastBefore(choice, value) == _definitions.LastBefore(place, value)
            ? comparison
            : null;

    private ValueRange? Of(CodePoint reader, Operand operand, int size, int depth)
    {
        ValueRange? range = Read(reader, operand, size, depth);
        _readNothing |= range is { IsNothing: true };
        return range;
    }

    private ValueRange? Read(CodePoint reader, Operand operand, int size, int depth) => operand switch
    {
        RegisterOperand { IsNegated: false } register => At(reader, register.Register, depth),
        ImmediateOperand { IsInteger: true } constant => ValueRange.Constant(Constants.Signed(constant, size)),
        AddressOfOperand { Variable: { Space: StateSpace.Shared or StateSpace.Local or StateSpace.Const } v } a =>
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

    private ValueRange? Sum(Definition sum, int size, int depth) =>
        Of(sum.Point, sum.Instruction.Operands[1], size, depth) is { } first
        && Of(sum.Point, sum.Instruction.Operands[2], size, depth) is { } second
            ? ValueRange.Sum(first, second)
            : null;

    /// <summary>
    /// What a register holds at the place of an instruction that reads it: what the last definition before it in its block
    /// gave it, or any of its definitions.
    /// </summary>
    private ValueRange? At(CodePoint reader, Register register, int depth)
    {
        bool isChosen = _definitions[register].Length > 1;
        return isChosen && depth <= MaxDepth
            && _definitions.LastBefore(reader, register) is { Instruction: { Guard: null, Writes.Count: 1 } } last
            ? Narrow(Evaluate(last, depth + 1), _bits.Of(register))
            : Of(register, depth);
    }

    /// <summary>An unsigned widening product reads negative numbers as large ones.</summary>
    private static ValueRange? Factor(ValueRange? range, PtxOpcode opcode) =>
        range is { Variable: null } factor && (factor.Low >= 0 || opcode.Type!.IsSigned || !opcode.Has("wide"))
            ? range
            : null;

    /// <summary>All are at most 2^30 from zero, so products fit.</summary>
    private static ValueRange? Product(ValueRange? a, ValueRange? b)
    {
        if (a is not { Variable: null } first || b is not { Variable: null } second)
        {
            return null;
        }

        ReadOnlySpan<long> corners =
        [
            first.Low * second.Low, first.Low * second.High, first.High * second.Low, first.High * second.High,
        ];
        (long low, long high) = (corners[0], corners[0]);
        foreach (long corner in corners)
        {
            (low, high) = (Math.Min(low, corner), Math.Max(high, corner));
        }

        return ValueRange.Of(null, low, high, first.ZeroBits + second.ZeroBits);
    }
}
