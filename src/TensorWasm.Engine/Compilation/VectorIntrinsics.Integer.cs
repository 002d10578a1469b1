using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;
using TensorWasm.Wasm;

namespace TensorWasm.Engine.Compilation;

/// <content>Bitwise, lane, and integer instructions.</content>
internal static partial class VectorIntrinsics
{
    // The truth table of "third ? first : second", whose index has the first operand's bit on top.
    private const int SelectByThird = 0b1110_0100;

    private static VectorStep Complement => Generic(nameof(Vector128.OnesComplement), typeof(byte), 1);

    private static void AddBitwise(Dictionary<Opcode, VectorIntrinsic> rows)
    {
        rows.Add(Opcode.V128Not, Complement);
        rows.Add(Opcode.V128And, Generic(nameof(Vector128.BitwiseAnd), typeof(byte)));
        rows.Add(Opcode.V128Andnot, Generic(nameof(Vector128.AndNot), typeof(byte)));
        rows.Add(Opcode.V128Or, Generic(nameof(Vector128.BitwiseOr), typeof(byte)));
        rows.Add(Opcode.V128Xor, Generic(nameof(Vector128.Xor), typeof(byte)));
        rows.Add(Opcode.V128AnyTrue, Zero(typeof(byte)), Generic(nameof(Vector128.EqualsAll), typeof(byte)), VectorStep.Not);
        if (!Avx512F.VL.IsSupported) return;

        Type vector = typeof(Vector128<byte>);
        VectorStep[] select =
        [
            VectorStep.Constant(SelectByThird),
            Exact(typeof(Avx512F.VL), nameof(Avx512F.VL.TernaryLogic), vector, vector, vector, typeof(byte)),
        ];
        rows.Add(Opcode.V128Bitselect, select);
        rows.Add(Opcode.I8x16RelaxedLaneselect, select);
        rows.Add(Opcode.I16x8RelaxedLaneselect, select);
        rows.Add(Opcode.I32x4RelaxedLaneselect, select);
        rows.Add(Opcode.I64x2RelaxedLaneselect, select);
    }

    private static void AddLanes(Dictionary<Opcode, VectorIntrinsic> rows)
    {
        rows.Add(Opcode.I8x16Splat, Splat(typeof(byte)));
        rows.Add(Opcode.I16x8Splat, Splat(typeof(short)));
        rows.Add(Opcode.I32x4Splat, Splat(typeof(int)));
        rows.Add(Opcode.I64x2Splat, Splat(typeof(long)));
        rows.Add(Opcode.F32x4Splat, Splat(typeof(float)));
        rows.Add(Opcode.F64x2Splat, Splat(typeof(double)));
        rows.Add(Opcode.I8x16ExtractLaneS, Extract(typeof(sbyte)));
        rows.Add(Opcode.I8x16ExtractLaneU, Extract(typeof(byte)));
        rows.Add(Opcode.I16x8ExtractLaneS, Extract(typeof(short)));
        rows.Add(Opcode.I16x8ExtractLaneU, Extract(typeof(ushort)));
        rows.Add(Opcode.I32x4ExtractLane, Extract(typeof(int)));
        rows.Add(Opcode.I64x2ExtractLane, Extract(typeof(long)));
        rows.Add(Opcode.F32x4ExtractLane, Extract(typeof(float)));
        rows.Add(Opcode.F64x2ExtractLane, Extract(typeof(double)));
        if (!Sse41.X64.IsSupported) return;

        // Vector128.WithElement takes the lane before the value, these take it after, as the stack has it.
        rows.Add(Opcode.I8x16ReplaceLane, Insert(typeof(Sse41), typeof(byte), typeof(byte)));
        rows.Add(Opcode.I16x8ReplaceLane, Insert(typeof(Sse2), typeof(short), typeof(short)));
        rows.Add(Opcode.I32x4ReplaceLane, Insert(typeof(Sse41), typeof(int), typeof(int)));
        rows.Add(Opcode.I64x2ReplaceLane, Insert(typeof(Sse41.X64), typeof(long), typeof(long)));
        // INSERTPS's control has the destination's lane in bits 4 and 5.
        rows.Add(Opcode.F32x4ReplaceLane, [
            Exact(typeof(Vector128), nameof(Vector128.CreateScalarUnsafe), typeof(float)),
            .. Insert(typeof(Sse41), typeof(float), typeof(Vector128<float>), 4),
        ]);
        rows.Add(Opcode.I8x16RelaxedSwizzle, Same(typeof(Ssse3), nameof(Ssse3.Shuffle), typeof(byte)));
        rows.Add(Opcode.I8x16Swizzle,
            VectorStep.Constant(0x70), Splat(typeof(byte)), Same(typeof(Sse2), nameof(Sse2.AddSaturate), typeof(byte)),
            Same(typeof(Ssse3), nameof(Ssse3.Shuffle), typeof(byte)));

        static VectorStep[] Extract(Type lane)
        {
            var method = typeof(Vector128).GetMethod(nameof(Vector128.GetElement))!.MakeGenericMethod(lane);
            return [VectorStep.Lane(), VectorStep.Call(method)];
        }

        static VectorStep[] Insert(Type type, Type lane, Type value, int shift = 0) =>
            [VectorStep.Lane(shift), Exact(type, nameof(Sse41.Insert), Of(lane), value, typeof(byte))];
    }

    private static void AddComparisons(Dictionary<Opcode, VectorIntrinsic> rows)
    {
        Integers([typeof(sbyte), typeof(byte)],
            [Opcode.I8x16Eq, Opcode.I8x16Ne, Opcode.I8x16LtS, Opcode.I8x16GtS, Opcode.I8x16LeS, Opcode.I8x16GeS,
            Opcode.I8x16LtU, Opcode.I8x16GtU, Opcode.I8x16LeU, Opcode.I8x16GeU]);
        Integers([typeof(short), typeof(ushort)],
            [Opcode.I16x8Eq, Opcode.I16x8Ne, Opcode.I16x8LtS, Opcode.I16x8GtS, Opcode.I16x8LeS, Opcode.I16x8GeS,
            Opcode.I16x8LtU, Opcode.I16x8GtU, Opcode.I16x8LeU, Opcode.I16x8GeU]);
        Integers([typeof(int), typeof(uint)],
            [Opcode.I32x4Eq, Opcode.I32x4Ne, Opcode.I32x4LtS, Opcode.I32x4GtS, Opcode.I32x4LeS, Opcode.I32x4GeS,
            Opcode.I32x4LtU, Opcode.I32x4GtU, Opcode.I32x4LeU, Opcode.I32x4GeU]);
        Integers([typeof(long)],
            [Opcode.I64x2Eq, Opcode.I64x2Ne, Opcode.I64x2LtS, Opcode.I64x2GtS, Opcode.I64x2LeS, Opcode.I64x2GeS]);

        void Integers(Type[] lanes, Opcode[] opcodes)
        {
            var (signed, equals) = (lanes[0], Generic(nameof(Vector128.Equals), lanes[0]));
            rows.Add(opcodes[0], equals);
            rows.Add(opcodes[1], equals, Complement);
            rows.Add(opcodes[2], Generic(nameof(Vector128.LessThan), signed));
            rows.Add(opcodes[3], Generic(nameof(Vector128.GreaterThan), signed));
            // Integers are ordered, and x86-64 has the strict comparison only.
            rows.Add(opcodes[4], Generic(nameof(Vector128.GreaterThan), signed), Complement);
            rows.Add(opcodes[5], Generic(nameof(Vector128.LessThan), signed), Complement);
            if (lanes.Length == 1) return;

            var unsigned = lanes[1];
            rows.Add(opcodes[6], Generic(nameof(Vector128.LessThan), unsigned));
            rows.Add(opcodes[7], Generic(nameof(Vector128.GreaterThan), unsigned));
            rows.Add(opcodes[8], Generic(nameof(Vector128.LessThanOrEqual), unsigned));
            rows.Add(opcodes[9], Generic(nameof(Vector128.GreaterThanOrEqual), unsigned));
        }
    }

    private static void AddIntegers(Dictionary<Opcode, VectorIntrinsic> rows)
    {
        Width(typeof(sbyte), Opcode.I8x16Abs, Opcode.I8x16Neg, Opcode.I8x16Add, Opcode.I8x16Sub,
            Opcode.I8x16Shl, Opcode.I8x16ShrS, Opcode.I8x16ShrU, Opcode.I8x16AllTrue, Opcode.I8x16Bitmask);
        Width(typeof(short), Opcode.I16x8Abs, Opcode.I16x8Neg, Opcode.I16x8Add, Opcode.I16x8Sub,
            Opcode.I16x8Shl, Opcode.I16x8ShrS, Opcode.I16x8ShrU, Opcode.I16x8AllTrue, Opcode.I16x8Bitmask);
        Width(typeof(int), Opcode.I32x4Abs, Opcode.I32x4Neg, Opcode.I32x4Add, Opcode.I32x4Sub,
            Opcode.I32x4Shl, Opcode.I32x4ShrS, Opcode.I32x4ShrU, Opcode.I32x4AllTrue, Opcode.I32x4Bitmask);
        Width(typeof(long), Opcode.I64x2Abs, Opcode.I64x2Neg, Opcode.I64x2Add, Opcode.I64x2Sub,
            Opcode.I64x2Shl, Opcode.I64x2ShrS, Opcode.I64x2ShrU, Opcode.I64x2AllTrue, Opcode.I64x2Bitmask);
        rows.Add(Opcode.I16x8Mul, Generic(nameof(Vector128.Multiply), typeof(short)));
        rows.Add(Opcode.I32x4Mul, Generic(nameof(Vector128.Multiply), typeof(int)));
        rows.Add(Opcode.I64x2Mul, Generic(nameof(Vector128.Multiply), typeof(long)));

        Extrema(typeof(sbyte), Opcode.I8x16MinS, Opcode.I8x16MaxS);
        Extrema(typeof(byte), Opcode.I8x16MinU, Opcode.I8x16MaxU);
        Extrema(typeof(short), Opcode.I16x8MinS, Opcode.I16x8MaxS);
        Extrema(typeof(ushort), Opcode.I16x8MinU, Opcode.I16x8MaxU);
        Extrema(typeof(int), Opcode.I32x4MinS, Opcode.I32x4MaxS);
        Extrema(typeof(uint), Opcode.I32x4MinU, Opcode.I32x4MaxU);

        Saturating(typeof(sbyte), Opcode.I8x16AddSatS, Opcode.I8x16SubSatS);
        Saturating(typeof(byte), Opcode.I8x16AddSatU, Opcode.I8x16SubSatU);
        Saturating(typeof(short), Opcode.I16x8AddSatS, Opcode.I16x8SubSatS);
        Saturating(typeof(ushort), Opcode.I16x8AddSatU, Opcode.I16x8SubSatU);
        if (!Ssse3.IsSupported) return;

        rows.Add(Opcode.I8x16AvgrU, Same(typeof(Sse2), nameof(Sse2.Average), typeof(byte)));
        rows.Add(Opcode.I16x8AvgrU, Same(typeof(Sse2), nameof(Sse2.Average), typeof(ushort)));
        rows.Add(Opcode.I16x8RelaxedQ15mulrS, Same(typeof(Ssse3), nameof(Ssse3.MultiplyHighRoundScale), typeof(short)));

        void Width(Type lane, Opcode abs, Opcode neg, Opcode add, Opcode sub, Opcode shl, Opcode shrS, Opcode shrU,
            Opcode allTrue, Opcode bitmask)
        {
            rows.Add(abs, Generic(nameof(Vector128.Abs), lane, 1));
            rows.Add(neg, Generic(nameof(Vector128.Negate), lane, 1));
            rows.Add(add, Generic(nameof(Vector128.Add), lane));
            rows.Add(sub, Generic(nameof(Vector128.Subtract), lane));
            rows.Add(shl, Exact(typeof(Vector128), nameof(Vector128.ShiftLeft), Of(lane), typeof(int)));
            rows.Add(shrS, Exact(typeof(Vector128), nameof(Vector128.ShiftRightArithmetic), Of(lane), typeof(int)));
            rows.Add(shrU, Exact(typeof(Vector128), nameof(Vector128.ShiftRightLogical), Of(lane), typeof(int)));
            rows.Add(allTrue, Zero(lane), Generic(nameof(Vector128.EqualsAny), lane), VectorStep.Not);
            rows.Add(bitmask, Generic(nameof(Vector128.ExtractMostSignificantBits), lane, 1));
        }

        void Extrema(Type lane, Opcode min, Opcode max)
        {
            rows.Add(min, Generic(nameof(Vector128.Min), lane));
            rows.Add(max, Generic(nameof(Vector128.Max), lane));
        }

        void Saturating(Type lane, Opcode add, Opcode sub)
        {
            rows.Add(add, Generic(nameof(Vector128.AddSaturate), lane));
            rows.Add(sub, Generic(nameof(Vector128.SubtractSaturate), lane));
        }
    }

    private static void AddWidening(Dictionary<Opcode, VectorIntrinsic> rows)
    {
        Widen(typeof(sbyte), Opcode.I16x8ExtendLowI8x16S, Opcode.I16x8ExtendHighI8x16S);
        Widen(typeof(byte), Opcode.I16x8ExtendLowI8x16U, Opcode.I16x8ExtendHighI8x16U);
        Widen(typeof(short), Opcode.I32x4ExtendLowI16x8S, Opcode.I32x4ExtendHighI16x8S);
        Widen(typeof(ushort), Opcode.I32x4ExtendLowI16x8U, Opcode.I32x4ExtendHighI16x8U);
        Widen(typeof(int), Opcode.I64x2ExtendLowI32x4S, Opcode.I64x2ExtendHighI32x4S);
        Widen(typeof(uint), Opcode.I64x2ExtendLowI32x4U, Opcode.I64x2ExtendHighI32x4U);
        if (!Sse41.IsSupported) return;

        rows.Add(Opcode.I8x16NarrowI16x8S, Same(typeof(Sse2), nameof(Sse2.PackSignedSaturate), typeof(short)));
        rows.Add(Opcode.I8x16NarrowI16x8U, Same(typeof(Sse2), nameof(Sse2.PackUnsignedSaturate), typeof(short)));
        rows.Add(Opcode.I16x8NarrowI32x4S, Same(typeof(Sse2), nameof(Sse2.PackSignedSaturate), typeof(int)));
        rows.Add(Opcode.I16x8NarrowI32x4U, Same(typeof(Sse41), nameof(Sse41.PackUnsignedSaturate), typeof(int)));

        var pairs = Same(typeof(Sse2), nameof(Sse2.MultiplyAddAdjacent), typeof(short));
        rows.Add(Opcode.I32x4DotI16x8S, pairs);
        rows.Add(Opcode.I32x4ExtaddPairwiseI16x8S, VectorStep.Constant(1), Splat(typeof(short)), pairs);
        rows.Add(Opcode.I16x8ExtaddPairwiseI8x16U, VectorStep.Constant(1), Splat(typeof(sbyte)),
            Exact(typeof(Ssse3), nameof(Ssse3.MultiplyAddAdjacent), typeof(Vector128<byte>), typeof(Vector128<sbyte>)));

        void Widen(Type lane, Opcode low, Opcode high)
        {
            rows.Add(low, Exact(typeof(Vector128), nameof(Vector128.WidenLower), Of(lane)));
            rows.Add(high, Exact(typeof(Vector128), nameof(Vector128.WidenUpper), Of(lane)));
        }
    }

    /// <summary>A method of two vectors of the same lanes.</summary>
    private static VectorStep Same(Type type, string name, Type lane) => Exact(type, name, Of(lane), Of(lane));

    private static VectorStep Splat(Type lane) => Exact(typeof(Vector128), nameof(Vector128.Create), lane);
}
