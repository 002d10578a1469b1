using System.Numerics;
using TensorWasm.Ptx.Analyses;
using TensorWasm.Ptx.Fencing;
using TensorWasm.Ptx.Ir;
using TensorWasm.Ptx.Isa;

namespace TensorWasm.Ptx.Passes;

/// <summary>
/// Writes the code that checks, before a loop, whether all its affine accesses stay inside. All arithmetic is on
/// 64-bit signed numbers that are first checked to be small enough not to overflow; a value that is not makes the
/// check fail, and the loop then runs fenced.
/// </summary>
internal sealed class RangeChecks(PassContext context, AffineEvaluator evaluator)
{
    private const long Half = 1L << 31;

    private readonly HashSet<Register> _boundedStrides = [];
    private Register? _ok;
    private Register? _last;

    /// <summary>The predicate that tells whether everything holds; null when nothing had to be checked.</summary>
    public Register? Holds => _ok;

    /// <summary>
    /// Computes the number of iterations minus one, as an upper bound; false when the loop's form does not allow it.
    /// </summary>
    public bool TryCount(CountedLoop loop, AffineValue first)
    {
        long size = Math.Abs(loop.Step);
        bool isNotEqual = loop.Comparison == "ne";
        if (isNotEqual && !BitOperations.IsPow2(size))
        {
            return false;
        }

        bool signed = loop.Type.Class == TypeClass.Bits || loop.Type.IsSigned;
        Operand start = Widen(first.Start, loop.Type.Bits, signed);
        Operand bound = Widen(loop.Bound, loop.Type.Bits, signed);
        Register distance = loop.Step > 0
            ? Emit("sub.s64", bound, start)
            : Emit("sub.s64", start, bound);
        if (isNotEqual)
        {
            // It must meet the bound exactly, and on its way up (or down), not after going round.
            Require("ge.s64", PassContext.Reg(distance), 0);
            if (size > 1)
            {
                Require("eq.s64", PassContext.Reg(Emit("and.b64", PassContext.Reg(distance), PassContext.Imm(size - 1))), 0);
            }
        }
        else if (loop.Comparison is "le" or "ge")
        {
            distance = Emit("add.s64", PassContext.Reg(distance), PassContext.Imm(1));
        }

        distance = Emit("max.s64", PassContext.Reg(distance), PassContext.Imm(0));
        if (size > 1)
        {
            distance = Emit("add.s64", PassContext.Reg(distance), PassContext.Imm(size - 1));
            distance = BitOperations.IsPow2(size)
                ? Emit("shr.u64", PassContext.Reg(distance), PassContext.Imm(BitOperations.Log2((ulong)size)))
                : Emit("div.u64", PassContext.Reg(distance), PassContext.Imm(size));
        }

        Require("lt.u64", PassContext.Reg(distance), Half);
        _last = distance;
        // The comparison that ends the loop must not have wrapped round either.
        Register travelled = Emit("mul.lo.s64", PassContext.Reg(distance), PassContext.Imm(loop.Step));
        RequireFits(Emit("add.s64", PassContext.Reg(travelled), start), loop.Type.Bits, signed);
        return true;
    }

    /// <summary>A 32-bit value that the loop widens must keep its sign in every iteration.</summary>
    public bool TryWidening(Operand start, Stride stride, bool signed)
    {
        if (stride.IsZero)
        {
            return true;
        }

        Operand wide = Widen(start, 32, signed);
        if (End(wide, stride) is not { } end)
        {
            return false;
        }

        RequireFits(end, 32, signed);
        return true;
    }

    /// <summary>
    /// Checks a group of accesses that share their address and differ in offsets only; those of all others are
    /// multiples of their size away from that of the widest.
    /// </summary>
    public bool TryGroup(IReadOnlyList<LoopAccess> group)
    {
        LoopAccess first = group[0];
        long low = group.Min(access => access.Offset);
        long high = group.Max(access => access.Offset + access.Bytes);
        LoopAccess widest = group.MaxBy(access => access.Bytes)!;
        bool isGlobal = first.Space is StateSpace.Global or StateSpace.Generic;
        Operand address = isGlobal ? first.Address.Start : Address32(first.Address.Start);
        Operand offset = isGlobal ? FromBase(address) : address;
        Register? end = first.Address.Stride.IsZero ? null : End(offset, first.Address.Stride);
        if (end is null && !first.Address.Stride.IsZero)
        {
            return false;
        }

        RequireAligned(address, first.Address.Stride, widest);
        if (isGlobal)
        {
            // Before anything is added: the first address lies in the region, so it is small.
            RequireBelowSize(offset, first.IsWrite, 0);
        }

        Operand lowest = end is null ? offset : PassContext.Reg(Emit("min.s64", offset, PassContext.Reg(end)));
        Operand highest = end is null ? offset : PassContext.Reg(Emit("max.s64", offset, PassContext.Reg(end)));
        lowest = low == 0 ? lowest : PassContext.Reg(Emit("add.s64", lowest, PassContext.Imm(low)));
        if (isGlobal)
        {
            Require("ge.s64", lowest, 0);
            RequireBelowSize(highest, first.IsWrite, high - 1);
            return true;
        }

        WindowBounds window = context.Window(first.Space);
        Register begin = Emit("cvt.u64.u32", PassContext.Reg(window.First));
        Register close = Emit("cvt.u64.u32", PassContext.Reg(window.End));
        Require("ge.s64", lowest, PassContext.Reg(begin));
        Require("le.s64", PassContext.Reg(Emit("add.s64", highest, PassContext.Imm(high))), PassContext.Reg(close));
        return true;
    }

    /// <summary>Checks that shared memory has the bytes that accesses with bounded places need.</summary>
    public void RequireShared(IEnumerable<SharedAccess> accesses)
    {
        foreach (IGrouping<(Variable Variable, MatrixExtent? Matrix), SharedAccess> group in accesses
            .GroupBy(access => (access.Variable, access.Matrix)))
        {
            long bytes = group.Max(access => access.Bytes);
            Register start = Emit("cvt.u64.u32", PassContext.Reg(
                evaluator.Emit(PtxType.B32, "mov.u32", new AddressOfOperand(group.Key.Variable, 0))));
            Register end = Emit("add.s64", PassContext.Reg(start), PassContext.Imm(bytes));
            if (group.Key.Matrix is { } matrix)
            {
                // A start inside a swizzle line stands for the line.
                end = Emit("and.b64", PassContext.Reg(end), PassContext.Imm(-matrix.Line));
                end = Emit(
                    "add.s64", PassContext.Reg(end), PassContext.Imm(matrix.Bytes + group.Max(access => access.Excess)));
            }

            Register close = Emit("cvt.u64.u32", PassContext.Reg(context.Window(StateSpace.Shared).End));
            Require("le.s64", PassContext.Reg(end), PassContext.Reg(close));
        }
    }

    private Register Emit(string opcode, params Operand[] sources) => evaluator.Emit(PtxType.B64, opcode, sources);

    private RegisterOperand FromBase(Operand address) => PassContext.Reg(Emit(
        "sub.s64",
        address,
        context.Options.RegionBase is { } constant
            ? new ImmediateOperand(unchecked((long)constant))
            : PassContext.Reg(context.Hidden(HiddenParameter.RegionBase))));

    private Operand Address32(Operand start)
    {
        if (start is RegisterOperand { Register.Type.Bits: 64 })
        {
            Require("lt.u64", start, 1L << 32);
            return start;
        }

        return PassContext.Reg(Emit("cvt.u64.u32", start));
    }

    /// <summary>offset + add, compared with the region's size, unsigned: a negative sum fails too.</summary>
    private void RequireBelowSize(Operand offset, bool isWrite, long add)
    {
        Operand sum = add == 0 ? offset : PassContext.Reg(Emit("add.s64", offset, PassContext.Imm(add)));
        if (context.Options.RegionBits is { } bits)
        {
            Require("lt.u64", sum, 1L << (isWrite ? bits - 1 : bits));
            return;
        }

        Register mask = context.Hidden(HiddenParameter.RegionMask);
        Operand limit = PassContext.Reg(isWrite ? Emit("shr.u64", PassContext.Reg(mask), PassContext.Imm(1)) : mask);
        Require("le.u64", sum, limit);
    }

    private void RequireAligned(Operand address, Stride stride, LoopAccess access)
    {
        int bytes = access.Bytes;
        if (bytes == 1)
        {
            return;
        }

        if ((access.Offset & (bytes - 1)) is var within and not 0)
        {
            address = PassContext.Reg(Emit("add.s64", address, PassContext.Imm(within)));
        }

        // A constant stride was found to be a multiple before; one in a register is looked at with the address.
        Operand bits = stride.Register is { } register
            ? PassContext.Reg(Emit("or.b64", address, PassContext.Reg(register)))
            : address;
        Require("eq.s64", PassContext.Reg(Emit("and.b64", bits, PassContext.Imm(bytes - 1))), 0);
    }

    /// <summary>The value in the last iteration, or null when the number of iterations is unknown.</summary>
    private Register? End(Operand start, Stride stride)
    {
        if (_last is null || Math.Abs(stride.Constant) >= Half)
        {
            return null;
        }

        if (stride.Register is { } register && _boundedStrides.Add(register))
        {
            Register shifted = Emit("add.s64", PassContext.Reg(register), PassContext.Imm(Half));
            Require("lt.u64", PassContext.Reg(shifted), 2 * Half);
        }

        Register travelled = Emit("mul.lo.s64", PassContext.Reg(_last), AffineEvaluator.OperandOf(stride));
        return Emit("add.s64", PassContext.Reg(travelled), start);
    }

    private Operand Widen(Operand value, int bits, bool signed)
    {
        if (value is ImmediateOperand constant)
        {
            long number = signed || bits == 64 ? Constants.Signed(constant, bits) : (long)(constant.Bits & uint.MaxValue);
            if (bits == 64)
            {
                RequireSmall(value, signed);
            }

            return PassContext.Imm(number);
        }

        if (bits == 64)
        {
            RequireSmall(value, signed);
            return value;
        }

        return PassContext.Reg(Emit(signed ? "cvt.s64.s32" : "cvt.u64.u32", value));
    }

    /// <summary>
    /// 64-bit counters far from the ends of their type cannot wrap in 2^31 steps below 2^31. What is compared as
    /// unsigned must also mean the same when all that follows reads it as signed.
    /// </summary>
    private void RequireSmall(Operand value, bool signed)
    {
        if (!signed)
        {
            Require("lt.u64", Materialize(value), 1L << 61);
            return;
        }

        Register register = Emit("add.s64", Materialize(value), PassContext.Imm(1L << 61));
        Require("lt.u64", PassContext.Reg(register), 1L << 62);
    }

    private RegisterOperand Materialize(Operand value) =>
        value as RegisterOperand ?? PassContext.Reg(Emit("mov.b64", value));

    private void RequireFits(Register value, int bits, bool signed)
    {
        if (bits == 64)
        {
            // Both ends were checked to be small; an unsigned counter must not have gone below zero.
            if (!signed)
            {
                Require("ge.s64", PassContext.Reg(value), 0);
            }

            return;
        }

        Register shifted = signed ? Emit("add.s64", PassContext.Reg(value), PassContext.Imm(Half)) : value;
        Require("lt.u64", PassContext.Reg(shifted), 2 * Half);
    }

    private void Require(string comparison, Operand value, long constant) =>
        Require(comparison, value, PassContext.Imm(constant));

    private void Require(string comparison, Operand value, Operand other)
    {
        int dot = comparison.IndexOf('.', StringComparison.Ordinal);
        _ok = _ok is null
            ? evaluator.Emit(PtxType.Pred, $"setp.{comparison}", value, other)
            : evaluator.Emit(
                PtxType.Pred, $"setp.{comparison[..dot]}.and{comparison[dot..]}", value, other, PassContext.Reg(_ok));
    }
}
