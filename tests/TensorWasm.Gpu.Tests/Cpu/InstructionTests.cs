using TensorWasm.Gpu.Cpu.Compilation;
using TensorWasm.Gpu.Cpu.Operations;
using TensorWasm.Gpu.Tests.Cpu.TestSupport;
using TensorWasm.Ptx.Ir;
using TensorWasm.Ptx.Isa;

namespace TensorWasm.Gpu.Tests.Cpu;

/// <summary>
/// Each instruction with edge values, one combination a thread, against <see cref="LaneOperations"/>, which follow the
/// PTX ISA for one thread and are held against numbers worked out by hand in <see cref="LaneOperationTests"/>.
/// </summary>
public sealed class InstructionTests
{
    private static readonly ulong[] Words =
    [
        0, 1, 2, 3, 7, 31, 32, 33, 0x7F, 0x80, 0xFF, 0x7FFF, 0x8000, 0xFFFF, 0x3C00, 0xBC00, 0x7C00, 0x3F800000,
        0xBF800000, 0x7F800000, 0xFF800000, 0x7FC00000, 0x00400000, 0x80000001, 0x7FFFFFFF, 0x80000000, 0xFFFFFFFF,
        0x4B000001, 0x40490FDB, 0x12345678, 0xDEADBEEF, 0x3FC00000,
    ];

    private static readonly ulong[] Longs =
    [
        0, 1, 2, 63, 64, 65, 0x7FFFFFFF, 0x80000000, 0xFFFFFFFF, 0x100000000, 0x3FF0000000000000, 0xBFF0000000000000,
        0x7FF0000000000000, 0x7FF8000000000000, 0x000FFFFFFFFFFFFF, 0x7FFFFFFFFFFFFFFF, 0x8000000000000000,
        0xFFFFFFFFFFFFFFFF, 0x4009_21FB_5444_2D18, 0x0123456789ABCDEF,
    ];

    public static TheoryData<string> Exact { get; } = new(
        "add.u32", "add.s32", "add.s64", "add.sat.s32", "add.u16", "sub.s32", "sub.u64", "sub.sat.s32", "sub.s16",
        "mul.lo.s32", "mul.lo.u64", "mul.lo.s16", "mul.hi.s32", "mul.hi.u32", "mul.hi.s64", "mul.wide.s32", "mul.wide.u32",
        "mul.wide.s16", "mad.lo.s32", "mad.hi.u32", "mad.wide.s32", "mad.wide.u32", "mul24.lo.s32", "mad24.lo.u32",
        "sad.s32", "sad.u64", "div.u32", "div.s32", "div.u64", "rem.s32", "rem.u64", "abs.s32", "abs.s64", "neg.s32",
        "neg.s64", "min.s32", "min.u32", "max.s64", "max.u64", "min.s16", "max.u16", "popc.b32", "popc.b64", "clz.b32",
        "clz.b64", "bfind.u32", "bfind.shiftamt.s32", "brev.b32", "brev.b64", "bfe.u32", "bfe.s32", "bfe.s64", "bfi.b32",
        "bfi.b64", "bmsk.clamp.b32", "szext.wrap.s32", "dp4a.u32.s32", "dp2a.lo.s32.s32", "fns.b32",
        "and.b32", "or.b64", "xor.b16", "not.b32", "not.b16", "cnot.b32", "shl.b32", "shl.b64", "shl.b16", "shr.u32", "shr.s32", "shr.s64",
        "shr.u16", "shr.s16", "shf.l.clamp.b32", "shf.r.wrap.b32", "prmt.b32", "prmt.b32.b4e", "lop3.b32",
        "add.f32", "add.rn.f64", "add.rz.f32", "add.ftz.f32", "add.sat.f32", "sub.rp.f64", "mul.f32", "mul.rm.f32",
        "fma.rn.f32", "fma.rz.f32", "fma.rn.f64", "fma.rn.ftz.f32", "div.rn.f32", "div.rz.f64", "sqrt.rn.f32", "sqrt.rp.f64",
        "rcp.rn.f32", "rcp.rn.f64", "abs.f32", "neg.f64", "min.f32", "max.f32", "min.NaN.f32", "max.f64", "copysign.f32",
        "testp.finite.f32", "testp.subnormal.f64", "setp.lt.s32", "setp.ge.u32", "setp.ne.b32", "setp.hi.u32", "setp.eq.s64",
        "setp.le.u64", "setp.lt.f32", "setp.ne.f32", "setp.equ.f32", "setp.num.f32", "setp.nan.f64", "setp.geu.f64",
        "setp.lt.s16", "setp.gt.ftz.f32", "set.lt.u32.s32", "set.gt.f32.f32", "selp.b32", "selp.b64", "slct.b32.s32", "slct.f32.f32",
        "cvt.u16.u32", "cvt.s64.s32", "cvt.u64.u32", "cvt.u32.u64", "cvt.s8.s32", "cvt.sat.u8.s32", "cvt.s16.s64",
        "cvt.rzi.s32.f32", "cvt.rni.u32.f32", "cvt.rpi.s64.f64", "cvt.rmi.s32.f32", "cvt.rn.f32.s32", "cvt.rn.f32.u32", "cvt.rz.f32.u64",
        "cvt.rn.f64.s64", "cvt.f64.f32", "cvt.rn.f32.f64", "cvt.rp.f32.f64", "cvt.f32.f16", "cvt.rn.f16.f32", "cvt.f32.bf16",
        "cvt.rn.bf16.f32", "cvt.rni.f32.f32", "cvt.rzi.f32.f32", "cvt.rn.f16x2.f32", "cvt.rn.bf16x2.f32", "cvt.rna.tf32.f32",
        "cvt.rn.satfinite.e4m3x2.f32", "cvt.rn.f16x2.e5m2x2", "cvt.pack.sat.u16.s32", "add.f16", "mul.f16x2", "sub.bf16x2",
        "fma.rn.f16x2", "fma.rn.bf16", "max.f16x2", "setp.lt.f16", "add.u16x2", "min.relu.s32");

    /// <summary>Functions whose error is bounded, in units of the last place.</summary>
    public static TheoryData<string, int> Approximate { get; } = new()
    {
        { "ex2.approx.f32", 2 }, { "lg2.approx.f32", 4 }, { "sin.approx.f32", 4 }, { "cos.approx.f32", 4 },
        { "tanh.approx.f32", 4 }, { "rsqrt.approx.f32", 1 }, { "rcp.approx.f32", 1 }, { "sqrt.approx.f32", 1 },
        { "div.full.f32", 2 }, { "div.approx.f32", 2 }, { "ex2.approx.ftz.f32", 2 },
    };

    [Theory]
    [MemberData(nameof(Exact))]
    public void ComputesWhatOneThreadDoes(string opcode) => Check(opcode, 0);

    [Theory]
    [MemberData(nameof(Approximate))]
    public void ApproximatesWithinItsBound(string opcode, int ulps) => Check(opcode, ulps);

    private static void Check(string opcode, int ulps)
    {
        // The operand types come from the whitelist itself.
        (Instruction instruction, string[] types, string result, string text) = Forms.Make(opcode);
        LaneOperation operation = LaneOperations.Of(instruction, "");
        ulong[][] sources = Combine(types);
        int count = sources[0].Length;
        foreach (int width in new[] { 8, 32 })
        {
            using var machine = new CpuMachine { Width = width };
            object[] arguments = new object[types.Length + 1];
            for (int i = 0; i < types.Length; i++)
            {
                arguments[i] = machine.Put<ulong>(sources[i]);
            }

            ulong output = machine.Allocate(count * 8);
            arguments[^1] = output;
            Assert.Equal(0u, machine.Run(text, new Dim3((uint)(count + 63) / 64), new Dim3(64), arguments));
            Span<ulong> values = CpuMachine.Get<ulong>(output, count);
            for (int i = 0; i < count; i++)
            {
                ulong At(int operand) => operand < types.Length ? Forms.Mask(sources[operand][i], types[operand]) : 0;
                ulong expected = Forms.Mask(operation(At(0), At(1), At(2), At(3)), result);
                if (!Forms.Agree(expected, values[i], result, ulps))
                {
                    Assert.Fail($"{instruction} of {At(0):x}, {At(1):x}, {At(2):x}, {At(3):x} is {expected:x}, not "
                        + $"{values[i]:x} (width {width})");
                }
            }
        }
    }

    /// <summary>All pairs of edge values for the first two operands; others go along.</summary>
    private static ulong[][] Combine(string[] types)
    {
        ulong[] Of(string type) => type.EndsWith("64", StringComparison.Ordinal) ? Longs : Words;
        ulong[] first = Of(types[0]);
        ulong[] second = types.Length > 1 ? Of(types[1]) : [0];
        var all = new ulong[types.Length][];
        for (int i = 0; i < types.Length; i++)
        {
            all[i] = new ulong[(first.Length * second.Length + 63) / 64 * 64];
            ulong[] own = Of(types[i]);
            for (int j = 0; j < all[i].Length; j++)
            {
                all[i][j] = i == 0 ? first[j % first.Length]
                    : i == 1 ? second[j / first.Length % second.Length]
                    : own[(j * 7 + j / 5 + i) % own.Length];
            }
        }

        return all;
    }
}
