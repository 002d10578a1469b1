using System.Numerics;
using TensorWasm.Ptx.Analyses;
using TensorWasm.Ptx.Fencing;
using TensorWasm.Ptx.Ir;
using TensorWasm.Ptx.Isa;
using TensorWasm.Ptx.Semantics;

namespace TensorWasm.Ptx.Passes;

/// <summary>
/// Writes the code that checks, before a loop, whether all its affine accesses stay inside. All arithmetic is on
/// 64-bit signed numbers that are also checked to be small enough not to overflow; a value that is not makes the
/// check fail, and the loop then runs fenced. What must lie below the same power of two is or-ed together and compared
/// once, since a chain of comparisons takes longer than a short loop.
/// </summary>
internal sealed class RangeChecks(PassContext context, AffineEvaluator evaluator)
{
    private const long Half = 1L << 31;

    /// <summary>Iterations after the first from which a check pays.</summary>
    private const long WorthChecking = 2;

    private readonly HashSet<Register> _boundedStrides = [];

    /// <summary>Sums, by <c>or</c>, of values that must lie below a number, which is one of the keys.</summary>
    private readonly SortedDictionary<long, Register> _below = [];
    private readonly SortedDictionary<int, Register> _aligned = [];
    private Register? _readOffsets;
    private Register? _writeOffsets;
    private Register? _ok;
    private Register? _last;

    /// <summary>
    /// Ends the check: the predicate that tells whether everything holds; null when nothing had to be checked.
    /// </summary>
    public Register? Conclude()
    {
        foreach ((long limit, Register sum) in _below)
        {
            Require("lt.u64", PassContext.Reg(sum), limit);
        }

        if (_aligned.Count > 0)
        {
            Register? bits = null;
            foreach ((int bytes, Register sum) in _aligned)
            {
                Add(ref bits, PassContext.Reg(Emit("and.b64", PassContext.Reg(sum), PassContext.Imm(bytes - 1))));
            }

            Require("eq.s64", PassContext.Reg(bits!), 0);
        }

        RequireInRegion(_readOffsets, isWrite: false);
        RequireInRegion(_writeOffsets, isWrite: true);
        return _ok;
    }

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

        RequireBelow(distance, Half);
        _last = evaluator.Emit(PtxType.B32, "cvt.u32.u64", PassContext.Reg(distance));
        // The comparison that ends the loop must not have wrapped round either.
        RequireFits(Travel(start, PassContext.Imm(loop.Step)), loop.Type.Bits, signed);
        return true;
    }

    /// <summary>Leaves the check for the loop as it is, fenced, when that would be over before the check is.</summary>
    public void SkipIfShort(Block header)
    {
        Register isShort = evaluator.Emit(PtxType.Pred, "setp.lt.u32", PassContext.Reg(_last!), PassContext.Imm(WorthChecking));
        evaluator.Code.Add(InstructionFactory.Create(
            "bra",
            [new LabelOperand(header.Label)],
            new Guard(isShort, IsNegated: false),
            header.Code.Count > 0 ? header.Code[0].Position : context.Kernel.Position,
            "the loop is over before a check of its addresses would be"));
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
        RequireAligned(address, first.Address.Stride, widest);
        if (isGlobal)
        {
            return TryRegion(FromBase(address), first, low, high);
        }

        Register? end = first.Address.Stride.IsZero ? null : End(address, first.Address.Stride);
        if (end is null && !first.Address.Stride.IsZero)
        {
            return false;
        }

        Operand lowest = end is null ? address : PassContext.Reg(Emit("min.s64", address, PassContext.Reg(end)));
        Operand highest = end is null ? address : PassContext.Reg(Emit("max.s64", address, PassContext.Reg(end)));
        lowest = Plus(lowest, low);
        WindowBounds window = context.Window(first.Space);
        Register begin = Emit("cvt.u64.u32", PassContext.Reg(window.First));
        Register close = Emit("cvt.u64.u32", PassContext.Reg(window.End));
        Require("ge.s64", lowest, PassContext.Reg(begin));
        Require("le.s64", Plus(highest, high), PassContext.Reg(close));
        return true;
    }

    /// <summary>
    /// The first and last byte of the first and of the last iteration lie in the region; what lies between them is
    /// between them in the region, too, since no stride times the number of iterations can go round. Of a constant
    /// stride it is known which of them are the ends.
    /// </summary>
    private bool TryRegion(Operand offset, LoopAccess first, long low, long high)
    {
        Stride stride = first.Address.Stride;
        if (stride.IsZero)
        {
            AddOffset(Plus(offset, low), first.IsWrite);
            AddOffset(Plus(offset, high - 1), first.IsWrite);
            return true;
        }

        if (End(offset, stride) is not { } last)
        {
            return false;
        }

        bool mayGoUp = stride.Register is not null || stride.Constant > 0, mayGoDown = stride.Register is not null || stride.Constant < 0;
        Operand end = PassContext.Reg(last);
        if (mayGoUp)
        {
            AddOffset(Plus(offset, low), first.IsWrite);
            AddOffset(Plus(end, high - 1), first.IsWrite);
        }

        if (mayGoDown)
        {
            AddOffset(Plus(end, low), first.IsWrite);
            AddOffset(Plus(offset, high - 1), first.IsWrite);
        }

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

    private Operand Plus(Operand value, long constant) =>
        constant == 0 ? value : PassContext.Reg(Emit("add.s64", value, PassContext.Imm(constant)));

    private void AddOffset(Operand offset, bool isWrite) => Add(ref isWrite ? ref _writeOffsets : ref _readOffsets, offset);

    private void Add(ref Register? sum, Operand value) => sum = sum is null
        ? Materialize(value).Register
        : Emit("or.b64", PassContext.Reg(sum), value);

    private void Add<TKey>(SortedDictionary<TKey, Register> sums, TKey key, Operand value)
        where TKey : notnull
    {
        Register? sum = sums.GetValueOrDefault(key);
        Add(ref sum, value);
        sums[key] = sum!;
    }

    private void RequireBelow(Register value, long limit) => Add(_below, limit, PassContext.Reg(value));

    /// <summary>Offsets from the region's begin, compared with its size as unsigned: negative ones are large.</summary>
    private void RequireInRegion(Register? offsets, bool isWrite)
    {
        if (offsets is null)
        {
            return;
        }

        if (context.Options.RegionBits is { } bits)
        {
            Require("lt.u64", PassContext.Reg(offsets), 1L << (isWrite ? bits - 1 : bits));
            return;
        }

        Register mask = context.Hidden(HiddenParameter.RegionMask);
        Operand limit = PassContext.Reg(isWrite ? Emit("shr.u64", PassContext.Reg(mask), PassContext.Imm(1)) : mask);
        Require("le.u64", PassContext.Reg(offsets), limit);
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
        Add(_aligned, bytes, bits);
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
            RequireBelow(Emit("add.s64", PassContext.Reg(register), PassContext.Imm(Half)), 2 * Half);
        }

        return Travel(start, AffineEvaluator.OperandOf(stride));
    }

    /// <summary>
    /// Where all iterations lead to. Both factors fit into 32 bits, or the check fails: then it does not matter what the
    /// product of their halves is.
    /// </summary>
    private Register Travel(Operand start, Operand stride)
    {
        Operand narrow = stride is RegisterOperand register
            ? PassContext.Reg(evaluator.Emit(PtxType.B32, "cvt.u32.u64", register))
            : stride;
        return Emit("mad.wide.s32", PassContext.Reg(_last!), narrow, start);
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

        RequireBelow(signed ? Emit("add.s64", PassContext.Reg(value), PassContext.Imm(Half)) : value, 2 * Half);
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
