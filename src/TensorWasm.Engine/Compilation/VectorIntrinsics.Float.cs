using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;
using TensorWasm.Wasm;

namespace TensorWasm.Engine.Compilation;

/// <content>Floating-point arithmetic, comparisons and conversions.</content>
internal static partial class VectorIntrinsics
{
    private static void AddFloats(Dictionary<Opcode, VectorIntrinsic> rows)
    {
        Precision(typeof(float), [
            Opcode.F32x4Eq, Opcode.F32x4Ne, Opcode.F32x4Lt, Opcode.F32x4Gt, Opcode.F32x4Le, Opcode.F32x4Ge,
            Opcode.F32x4Add, Opcode.F32x4Sub, Opcode.F32x4Mul, Opcode.F32x4Div, Opcode.F32x4Abs, Opcode.F32x4Neg,
            Opcode.F32x4Sqrt, Opcode.F32x4Ceil, Opcode.F32x4Floor, Opcode.F32x4Trunc, Opcode.F32x4Nearest]);
        Precision(typeof(double), [
            Opcode.F64x2Eq, Opcode.F64x2Ne, Opcode.F64x2Lt, Opcode.F64x2Gt, Opcode.F64x2Le, Opcode.F64x2Ge,
            Opcode.F64x2Add, Opcode.F64x2Sub, Opcode.F64x2Mul, Opcode.F64x2Div, Opcode.F64x2Abs, Opcode.F64x2Neg,
            Opcode.F64x2Sqrt, Opcode.F64x2Ceil, Opcode.F64x2Floor, Opcode.F64x2Trunc, Opcode.F64x2Nearest]);
        if (!Sse2.IsSupported) return;

        rows.Add(Opcode.F32x4RelaxedMin, Same(typeof(Sse), nameof(Sse.Min), typeof(float)));
        rows.Add(Opcode.F32x4RelaxedMax, Same(typeof(Sse), nameof(Sse.Max), typeof(float)));
        rows.Add(Opcode.F64x2RelaxedMin, Same(typeof(Sse2), nameof(Sse2.Min), typeof(double)));
        rows.Add(Opcode.F64x2RelaxedMax, Same(typeof(Sse2), nameof(Sse2.Max), typeof(double)));
        if (!Fma.IsSupported) return;

        rows.Add(Opcode.F32x4RelaxedMadd, Fused(nameof(Fma.MultiplyAdd), typeof(float)));
        rows.Add(Opcode.F64x2RelaxedMadd, Fused(nameof(Fma.MultiplyAdd), typeof(double)));
        rows.Add(Opcode.F32x4RelaxedNmadd, Fused(nameof(Fma.MultiplyAddNegated), typeof(float)));
        rows.Add(Opcode.F64x2RelaxedNmadd, Fused(nameof(Fma.MultiplyAddNegated), typeof(double)));

        void Precision(Type lane, Opcode[] opcodes)
        {
            var equals = Generic(nameof(Vector128.Equals), lane);
            rows.Add(opcodes[0], equals);
            rows.Add(opcodes[1], equals, Complement);
            rows.Add(opcodes[2], Generic(nameof(Vector128.LessThan), lane));
            rows.Add(opcodes[3], Generic(nameof(Vector128.GreaterThan), lane));
            rows.Add(opcodes[4], Generic(nameof(Vector128.LessThanOrEqual), lane));
            rows.Add(opcodes[5], Generic(nameof(Vector128.GreaterThanOrEqual), lane));
            rows.Add(opcodes[6], Generic(nameof(Vector128.Add), lane));
            rows.Add(opcodes[7], Generic(nameof(Vector128.Subtract), lane));
            rows.Add(opcodes[8], Generic(nameof(Vector128.Multiply), lane));
            rows.Add(opcodes[9], Generic(nameof(Vector128.Divide), lane));
            rows.Add(opcodes[10], Generic(nameof(Vector128.Abs), lane, 1));
            rows.Add(opcodes[11], Generic(nameof(Vector128.Negate), lane, 1));
            rows.Add(opcodes[12], Generic(nameof(Vector128.Sqrt), lane, 1));
            rows.Add(opcodes[13], Exact(typeof(Vector128), nameof(Vector128.Ceiling), Of(lane)));
            rows.Add(opcodes[14], Exact(typeof(Vector128), nameof(Vector128.Floor), Of(lane)));
            rows.Add(opcodes[15], Exact(typeof(Vector128), nameof(Vector128.Truncate), Of(lane)));
            rows.Add(opcodes[16], Exact(typeof(Vector128), nameof(Vector128.Round), Of(lane)));
        }

        static VectorStep Fused(string name, Type lane) => Exact(typeof(Fma), name, Of(lane), Of(lane), Of(lane));
    }

    private static void AddConversions(Dictionary<Opcode, VectorIntrinsic> rows)
    {
        rows.Add(Opcode.F32x4ConvertI32x4S, Exact(typeof(Vector128), nameof(Vector128.ConvertToSingle), Of(typeof(int))));
        if (!Sse2.IsSupported) return;

        rows.Add(Opcode.F64x2ConvertLowI32x4S,
            Exact(typeof(Sse2), nameof(Sse2.ConvertToVector128Double), Of(typeof(int))));
        rows.Add(Opcode.F64x2PromoteLowF32x4,
            Exact(typeof(Sse2), nameof(Sse2.ConvertToVector128Double), Of(typeof(float))));
        rows.Add(Opcode.F32x4DemoteF64x2Zero,
            Exact(typeof(Sse2), nameof(Sse2.ConvertToVector128Single), Of(typeof(double))));
        rows.Add(Opcode.I32x4RelaxedTruncF32x4S, Truncate(typeof(float)));
        rows.Add(Opcode.I32x4RelaxedTruncF64x2SZero, Truncate(typeof(double)));
        if (!Avx512F.VL.IsSupported) return;

        rows.Add(Opcode.F32x4ConvertI32x4U,
            Exact(typeof(Avx512F.VL), nameof(Avx512F.VL.ConvertToVector128Single), Of(typeof(uint))));
        rows.Add(Opcode.F64x2ConvertLowI32x4U,
            Exact(typeof(Avx512F.VL), nameof(Avx512F.VL.ConvertToVector128Double), Of(typeof(uint))));
        var single = TruncateUnsigned(typeof(Sse), typeof(float));
        rows.Add(Opcode.I32x4TruncSatF32x4U, single);
        rows.Add(Opcode.I32x4RelaxedTruncF32x4U, single);
        var @double = TruncateUnsigned(typeof(Sse2), typeof(double));
        rows.Add(Opcode.I32x4TruncSatF64x2UZero, @double);
        rows.Add(Opcode.I32x4RelaxedTruncF64x2UZero, @double);

        static VectorStep Truncate(Type lane) =>
            Exact(typeof(Sse2), nameof(Sse2.ConvertToVector128Int32WithTruncation), Of(lane));

        // MAXPS answers its second operand, zero, for a NaN; the conversion answers all ones above the range.
        static VectorStep[] TruncateUnsigned(Type type, Type lane) =>
        [
            Zero(lane),
            Same(type, nameof(Sse.Max), lane),
            Exact(typeof(Avx512F.VL), nameof(Avx512F.VL.ConvertToVector128UInt32WithTruncation), Of(lane)),
        ];
    }
}
