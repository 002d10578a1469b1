using TensorWasm.Gpu.Tests.Cpu.TestSupport;

namespace TensorWasm.Gpu.Tests.Cpu;

/// <summary>Spaces, vector accesses, carries, tables and matrices: what takes more than one instruction to see.</summary>
public sealed class MemoryTests
{
    private const string Header = ".version 8.0\n.target sm_80\n.address_size 64\n";

    private const string Registers = """
        .reg .pred %p<8>; .reg .b16 %h<16>; .reg .b32 %r<32>; .reg .b64 %rd<16>; .reg .f32 %f<16>; .reg .f64 %fd<8>;
        .reg .b128 %q<4>;
        mov.u32 %r0, %tid.x; ld.param.u64 %rd0, [out]; mul.wide.u32 %rd1, %r0, 16; add.s64 %rd1, %rd0, %rd1;
        """;

    public static TheoryData<int, bool> Ways { get; } = new() { { 8, true }, { 32, true }, { 32, false } };

    /// <summary>Local arrays by thread, indexed by a register, also through a generic address.</summary>
    [Theory]
    [MemberData(nameof(Ways))]
    public void LocalMemoryIsEachThreadsOwn(int width, bool speculates)
    {
        int[] result = Run(width, speculates, 40, """
            .local .align 4 .b32 l[8];
            mov.u32 %r1, l; and.b32 %r2, %r0, 7; shl.b32 %r2, %r2, 2; add.s32 %r3, %r1, %r2;
            st.local.u32 [%r3], %r0; cvta.local.u64 %rd2, l; cvt.u64.u32 %rd3, %r2; add.s64 %rd4, %rd2, %rd3;
            ld.u32 %r4, [%rd4]; add.s32 %r4, %r4, 1000; st.u32 [%rd4], %r4; ld.local.u32 %r5, [%r3];
            st.global.u32 [%rd1], %r5;
            """);
        for (int i = 0; i < 40; i++)
        {
            Assert.Equal(1000 + i, result[i * 4]);
        }
    }

    [Theory]
    [MemberData(nameof(Ways))]
    public void GenericAddressesReachSharedMemory(int width, bool speculates)
    {
        int[] result = Run(width, speculates, 64, """
            .shared .align 4 .b32 s[64];
            cvta.shared.u64 %rd2, s; mul.wide.u32 %rd3, %r0, 4; add.s64 %rd4, %rd2, %rd3; mul.lo.s32 %r1, %r0, 3;
            st.u32 [%rd4], %r1; bar.sync 0; xor.b32 %r2, %r0, 1; mul.wide.u32 %rd3, %r2, 4; add.s64 %rd4, %rd2, %rd3;
            ld.u32 %r3, [%rd4]; isspacep.shared %p0, %rd4; selp.u32 %r4, 1, 0, %p0; st.global.v2.u32 [%rd1], {%r3, %r4};
            """);
        for (int i = 0; i < 64; i++)
        {
            Assert.Equal((i ^ 1) * 3, result[i * 4]);
            Assert.Equal(1, result[(i * 4) + 1]);
        }
    }

    /// <summary>
    /// Counters in shared memory, whose old values nobody reads: by 64-bit and by 32-bit addresses, one value and each
    /// thread's own, all threads and some.
    /// </summary>
    [Theory]
    [MemberData(nameof(Ways))]
    public void CountersInSharedMemoryCountEachThread(int width, bool speculates)
    {
        int[] result = Run(width, speculates, 70, """
            .shared .align 4 .b32 s[32];
            setp.lt.u32 %p1, %r0, 32; shl.b32 %r1, %r0, 2; mov.u32 %r2, s; add.s32 %r3, %r2, %r1;
            @%p1 st.shared.u32 [%r3], 0; bar.sync 0;
            mul.lo.s32 %r4, %r0, 7; and.b32 %r4, %r4, 15; mov.u64 %rd2, s; mul.wide.u32 %rd3, %r4, 4; add.s64 %rd4, %rd2, %rd3;
            atom.shared.add.u32 %r5, [%rd4], 3;
            red.shared.add.u32 [%rd4+4], %r0;
            shl.b32 %r6, %r4, 2; add.s32 %r7, %r2, %r6; and.b32 %r8, %r0, 1; setp.eq.u32 %p2, %r8, 1;
            @%p2 atom.shared.add.s32 %r9, [%r7+8], -1000;
            red.shared.add.u32 [%r7+12], %r0;
            bar.sync 0; and.b32 %r10, %r0, 31; shl.b32 %r11, %r10, 2; add.s32 %r12, %r2, %r11; ld.shared.u32 %r13, [%r12];
            add.s32 %r14, %r0, -20; mul.wide.s32 %rd5, %r14, 8; cvt.u32.u64 %r15, %rd5; shr.u64 %rd6, %rd5, 32; cvt.u32.u64 %r16, %rd6;
            st.global.v4.u32 [%rd1], {%r13, %r15, %r16, %r0};
            """);
        int[] counters = new int[32];
        for (int i = 0; i < 70; i++)
        {
            int bin = (i * 7) & 15;
            counters[bin] += 3;
            counters[bin + 1] += i;
            counters[bin + 2] -= i % 2 == 1 ? 1000 : 0;
            counters[bin + 3] += i;
        }

        for (int i = 0; i < 70; i++)
        {
            long product = (i - 20L) * 8;
            Assert.Equal([counters[i & 31], (int)product, (int)(product >> 32), i], result.AsSpan(i * 4, 4).ToArray());
        }
    }

    /// <summary>128-bit sums of 64-bit halves by add.cc and addc, and a product by mad.lo.cc and madc.hi.</summary>
    [Theory]
    [MemberData(nameof(Ways))]
    public void CarriesGoFromInstructionToInstruction(int width, bool speculates)
    {
        int[] result = Run(width, speculates, 33, """
            mov.u32 %r1, 0xFFFFFFF0; add.cc.u32 %r2, %r1, %r0; addc.u32 %r3, 5, 0;
            mad.lo.cc.u32 %r4, %r1, %r0, %r1; madc.hi.u32 %r5, %r1, %r0, 0; st.global.v4.u32 [%rd1], {%r2, %r3, %r4, %r5};
            """);
        for (uint i = 0; i < 33; i++)
        {
            ulong sum = 0xFFFFFFF0UL + i;
            ulong product = (0xFFFFFFF0UL * i) + 0xFFFFFFF0UL;
            Assert.Equal((uint)sum, (uint)result[i * 4]);
            Assert.Equal(5 + (uint)(sum >> 32), (uint)result[(i * 4) + 1]);
            Assert.Equal((uint)product, (uint)result[(i * 4) + 2]);
            Assert.Equal((uint)(product >> 32), (uint)result[(i * 4) + 3]);
        }
    }

    [Theory]
    [MemberData(nameof(Ways))]
    public void TablesSendThreadsDifferentWays(int width, bool speculates)
    {
        int[] result = Run(width, speculates, 50, """
            rem.u32 %r1, %r0, 3; t: .branchtargets a, b, c;
            brx.idx %r1, t;
            a: mov.u32 %r2, 10; bra d;
            b: mov.u32 %r2, 20; bra d;
            c: mov.u32 %r2, 30;
            d: add.s32 %r2, %r2, %r0; st.global.u32 [%rd1], %r2;
            """);
        for (int i = 0; i < 50; i++)
        {
            Assert.Equal(((i % 3) + 1) * 10 + i, result[i * 4]);
        }
    }

    /// <summary>Narrow elements, vectors, packs and 128-bit registers, written and read back.</summary>
    [Theory]
    [MemberData(nameof(Ways))]
    public void EveryWidthGoesToMemoryAndBack(int width, bool speculates)
    {
        int[] result = Run(width, speculates, 32, """
            mul.lo.s32 %r1, %r0, -7; st.global.u8 [%rd1], %r1; ld.global.s8 %r2, [%rd1]; ld.global.u8 %r3, [%rd1];
            cvt.u16.u32 %h0, %r1; st.global.u16 [%rd1+2], %h0; ld.global.s16 %r4, [%rd1+2];
            mov.b32 %r5, {%h0, %h0}; mov.b32 {%h1, %h2}, %r5; cvt.s32.s16 %r6, %h2;
            mov.b64 %rd2, {%r2, %r3}; mov.b64 %rd3, {%r4, %r6}; mov.b128 %q0, {%rd2, %rd3};
            mov.b128 {%rd4, %rd5}, %q0; st.global.v2.b64 [%rd1], {%rd4, %rd5};
            """);
        for (int i = 0; i < 32; i++)
        {
            int value = i * -7;
            Assert.Equal((sbyte)value, result[i * 4]);
            Assert.Equal((byte)value, result[(i * 4) + 1]);
            Assert.Equal((short)value, result[(i * 4) + 2]);
            Assert.Equal((short)value, result[(i * 4) + 3]);
        }
    }

    /// <summary>mma.sync m16n8k16 with bytes and m16n8k8 with tf32: thread 4g + t of D has row g, columns 2t and 2t + 1.</summary>
    [Fact]
    public void MatricesMultiply()
    {
        int[] result = Run(32, true, 32, """
            add.s32 %r1, %r0, 1; shl.b32 %r2, %r1, 8; or.b32 %r3, %r1, %r2; mov.u32 %r4, 0x01010101; mov.u32 %r5, 7;
            mma.sync.aligned.m16n8k16.row.col.s32.s8.s8.s32 {%r6, %r7, %r8, %r9}, {%r3, %r1}, {%r4}, {%r5, %r5, %r5, %r5};
            st.global.v4.u32 [%rd1], {%r6, %r7, %r8, %r9};
            """);
        for (int lane = 0; lane < 32; lane++)
        {
            // B is all ones: each row of D is the sum of A's row, whose bytes are the four threads' registers.
            int sum = Enumerable.Range(lane / 4 * 4, 4).Sum(i => i + 1);
            Assert.Equal(7 + (2 * sum), result[lane * 4]);
            Assert.Equal(7 + (2 * sum), result[(lane * 4) + 1]);
            Assert.Equal(7 + sum, result[(lane * 4) + 2]);
            Assert.Equal(7 + sum, result[(lane * 4) + 3]);
        }
    }

    private static int[] Run(int width, bool speculates, uint threads, string body)
    {
        using var machine = new CpuMachine { Width = width, Speculates = speculates };
        ulong output = machine.Allocate(16 * (int)threads);
        Assert.Equal(0u, machine.Run(
            Header.Replace("8.0", "8.3", StringComparison.Ordinal) + ".visible .entry k(.param .u64 out) {\n" + Registers + body + "\nret; }",
            new Dim3(1), new Dim3(threads), output));
        return CpuMachine.Get<int>(output, 4 * (int)threads).ToArray();
    }
}
