using TensorWasm.Gpu.Cpu.Operations;
using TensorWasm.Gpu.Tests.Cpu.TestSupport;

namespace TensorWasm.Gpu.Tests.Cpu;

/// <summary>Operations on one thread, with values worked out from the PTX ISA's definitions.</summary>
public sealed class LaneOperationTests
{
    [Theory]
    [InlineData("add.sat.s32", 0x7FFFFFFF, 1, 0, 0, 0x7FFFFFFF)]
    [InlineData("mul.hi.s32", 0xFFFFFFFF, 2, 0, 0, 0xFFFFFFFF)]
    [InlineData("mul.wide.s32", 0xFFFFFFFF, 2, 0, 0, 0xFFFFFFFFFFFFFFFE)]
    [InlineData("mul24.lo.s32", 0x00FFFFFF, 3, 0, 0, 0xFFFFFFFD)]
    [InlineData("sad.s32", 5, 0xFFFFFFFE, 10, 0, 17)]
    [InlineData("bfe.s32", 0xF0, 4, 4, 0, 0xFFFFFFFF)]
    [InlineData("bfe.u32", 0xF0, 4, 4, 0, 0xF)]
    [InlineData("bfi.b32", 0x5, 0xFFFFFFFF, 4, 4, 0xFFFFFF5F)]
    [InlineData("bfind.u32", 0x10, 0, 0, 0, 4)]
    [InlineData("bfind.shiftamt.s32", 0xFFFFFF00, 0, 0, 0, 24)]
    [InlineData("bfind.u32", 0, 0, 0, 0, 0xFFFFFFFF)]
    [InlineData("fns.b32", 0xAAAAAAAA, 0, 1, 0, 1)]
    [InlineData("fns.b32", 0xAAAAAAAA, 3, 2, 0, 5)]
    [InlineData("bmsk.clamp.b32", 4, 8, 0, 0, 0xFF0)]
    [InlineData("szext.wrap.s32", 0x80, 8, 0, 0, 0xFFFFFF80)]
    [InlineData("dp4a.u32.s32", 0x01020304, 0xFFFFFFFF, 100, 0, 90)]
    [InlineData("prmt.b32", 0x33221100, 0x77665544, 0x7531, 0, 0x77553311)]
    [InlineData("prmt.b32", 0x00008000, 0, 0x9999, 0, 0xFFFFFFFF)]
    [InlineData("shf.l.clamp.b32", 0xDEADBEEF, 0x12345678, 32, 0, 0xDEADBEEF)]
    [InlineData("shf.r.wrap.b32", 0xDEADBEEF, 0x12345678, 8, 0, 0x78DEADBE)]
    [InlineData("brev.b32", 1, 0, 0, 0, 0x80000000)]
    [InlineData("cnot.b32", 0, 0, 0, 0, 1)]
    [InlineData("shr.s32", 0x80000000, 40, 0, 0, 0xFFFFFFFF)]
    [InlineData("shl.b32", 1, 32, 0, 0, 0)]
    [InlineData("add.rz.f32", 0x3F800000, 0x33000001, 0, 0, 0x3F800000)] // 1 + (2^-25 + ...) towards zero
    [InlineData("add.rp.f32", 0x3F800000, 0x00000001, 0, 0, 0x3F800001)] // the least above 1
    [InlineData("sub.rm.f32", 0x3F800000, 0x3F800000, 0, 0, 0x80000000)] // x - x is -0 when rounding down
    [InlineData("div.rz.f32", 0x3F800000, 0x40400000, 0, 0, 0x3EAAAAAA)] // 1/3
    [InlineData("div.rp.f32", 0x3F800000, 0x40400000, 0, 0, 0x3EAAAAAB)]
    [InlineData("sqrt.rm.f32", 0x40000000, 0, 0, 0, 0x3FB504F3)]
    [InlineData("mul.rz.f32", 0x7F7FFFFF, 0x40000000, 0, 0, 0x7F7FFFFF)] // overflow towards zero: the largest
    [InlineData("mul.rn.f32", 0x7F7FFFFF, 0x40000000, 0, 0, 0x7F800000)]
    [InlineData("add.ftz.f32", 0x00000001, 0, 0, 0, 0)]
    [InlineData("add.sat.f32", 0x40000000, 0, 0, 0, 0x3F800000)]
    [InlineData("min.f32", 0x7FC00000, 0x3F800000, 0, 0, 0x3F800000)]
    [InlineData("min.f32", 0x80000000, 0, 0, 0, 0x80000000)]
    [InlineData("max.NaN.f32", 0x7FC00000, 0x3F800000, 0, 0, 0x7FFFFFFF)]
    [InlineData("copysign.f32", 0x80000000, 0x3F800000, 0, 0, 0xBF800000)]
    [InlineData("cvt.rzi.s32.f32", 0xC0200000, 0, 0, 0, 0xFFFFFFFE)] // -2.5
    [InlineData("cvt.rni.s32.f32", 0x40200000, 0, 0, 0, 2)] // 2.5, ties to even
    [InlineData("cvt.rzi.u32.f32", 0xBF800000, 0, 0, 0, 0)] // -1
    [InlineData("cvt.rzi.s32.f32", 0x7FC00000, 0, 0, 0, 0)] // NaN
    [InlineData("cvt.rn.f32.u64", 0xFFFFFFFFFFFFFFFF, 0, 0, 0, 0x5F800000)]
    [InlineData("cvt.rz.f32.u64", 0xFFFFFFFFFFFFFFFF, 0, 0, 0, 0x5F7FFFFF)]
    [InlineData("cvt.rn.f16.f32", 0x477FF000, 0, 0, 0, 0x7C00)] // 65520 rounds to infinity
    [InlineData("cvt.rn.f16.f32", 0x33000001, 0, 0, 0, 1)] // just above half the least
    [InlineData("cvt.rn.bf16.f32", 0x3F808000, 0, 0, 0, 0x3F80)] // a tie, to even
    [InlineData("cvt.rna.tf32.f32", 0x3F801000, 0, 0, 0, 0x3F802000)] // a tie, away
    [InlineData("cvt.rn.satfinite.e4m3x2.f32", 0x43E00000, 0x447A0000, 0, 0, 0x7E7E)] // 448 and 1000
    [InlineData("cvt.rn.f16x2.e5m2x2", 0x3C40, 0, 0, 0, 0x3C004000)]
    [InlineData("cvt.pack.sat.u16.s32", 70000, 0xFFFFFFFF, 0, 0, 0xFFFF0000)]
    [InlineData("cvt.sat.u8.s32", 300, 0, 0, 0, 255)]
    [InlineData("set.gt.f32.f32", 0x40000000, 0x3F800000, 0, 0, 0x3F800000)]
    [InlineData("setp.ne.f32", 0x7FC00000, 0x3F800000, 0, 0, 0)]
    [InlineData("setp.neu.f32", 0x7FC00000, 0x3F800000, 0, 0, 1)]
    [InlineData("fma.rn.f16x2", 0x3C003C00, 0x40004000, 0x3C004000, 0, 0x42004400)] // 1*2+1 and 1*2+2
    public void FollowsTheManual(string opcode, ulong a, ulong b, ulong c, ulong d, ulong expected)
    {
        (Ptx.Ir.Instruction instruction, _, string result, _) = Forms.Make(opcode);
        ulong actual = LaneOperations.Of(instruction, "")(a, b, c, d);
        Assert.Equal(expected.ToString("x"), Forms.Mask(actual, result).ToString("x"));
    }

    /// <summary>Directed rounding brackets the exact value: down is at most nearest, which is at most up.</summary>
    [Fact]
    public void RoundsInDirectionsAroundTheNearest()
    {
        var random = new Random(7);
        for (int i = 0; i < 2000; i++)
        {
            ulong a = (uint)random.NextInt64();
            ulong b = (uint)random.NextInt64();
            FloatFormat single = FloatFormat.Single;
            double exact = single.Decode(a) * single.Decode(b);
            if (!double.IsFinite(exact))
            {
                continue;
            }

            double down = single.Decode(Exact.Product(single, a, b, Rounding.Down));
            double up = single.Decode(Exact.Product(single, a, b, Rounding.Up));
            double zero = single.Decode(Exact.Product(single, a, b, Rounding.Zero));
            Assert.True(down <= exact && exact <= up);
            Assert.True(Math.Abs(zero) <= Math.Abs(exact));
            Assert.Contains(single.Decode(Exact.Product(single, a, b, Rounding.Nearest)), new[] { down, up });
        }
    }
}
