using TensorWasm.Gpu.Tests.Cpu.TestSupport;
using TensorWasm.Ptx.Fencing;

namespace TensorWasm.Gpu.Tests.Cpu;

/// <summary>Whole kernels: divergence, barriers, warps, atomics, and what ends them.</summary>
public sealed class KernelTests
{
    private const string Header = ".version 8.0\n.target sm_80\n.address_size 64\n";

    public static TheoryData<int, bool> Ways { get; } = new()
    {
        { 8, true }, { 16, true }, { 32, true }, { 8, false }, { 32, false },
    };

    /// <summary>Steps of the Collatz sequence: each thread leaves the loop at its own time, with a branch inside.</summary>
    [Theory]
    [MemberData(nameof(Ways))]
    public void ThreadsLeaveALoopOneByOne(int width, bool speculates)
    {
        using var machine = new CpuMachine { Width = width, Speculates = speculates };
        ulong output = machine.Allocate(4 * 300);
        Assert.Equal(0u, machine.Run(
            Header + """
            .visible .entry k(.param .u64 out) {
            .reg .pred %p<3>; .reg .b32 %r<8>; .reg .b64 %rd<4>;
            mov.u32 %r0, %ctaid.x; mov.u32 %r1, %ntid.x; mov.u32 %r2, %tid.x; mad.lo.s32 %r3, %r0, %r1, %r2;
            add.s32 %r4, %r3, 1; mov.u32 %r5, 0;
            loop: setp.eq.u32 %p0, %r4, 1; @%p0 bra done;
            and.b32 %r6, %r4, 1; setp.eq.u32 %p1, %r6, 0; @%p1 bra even;
            mad.lo.s32 %r4, %r4, 3, 1; bra next;
            even: shr.u32 %r4, %r4, 1;
            next: add.s32 %r5, %r5, 1; bra loop;
            done: ld.param.u64 %rd0, [out]; mul.wide.u32 %rd1, %r3, 4; add.s64 %rd0, %rd0, %rd1;
            st.global.u32 [%rd0], %r5; ret; }
            """, new Dim3(3), new Dim3(100), output));
        Span<int> steps = CpuMachine.Get<int>(output, 300);
        for (int i = 0; i < 300; i++)
        {
            int expected = 0;
            for (int n = i + 1; n != 1; n = (n & 1) == 0 ? n / 2 : (3 * n) + 1)
            {
                expected++;
            }

            Assert.Equal(expected, steps[i]);
        }
    }

    /// <summary>Indices below 0 wrap: the affine rule fails for the first warp, whose code goes on without it.</summary>
    [Theory]
    [MemberData(nameof(Ways))]
    public void UnsignedIndicesMayWrapInAWarp(int width, bool speculates)
    {
        using var machine = new CpuMachine { Width = width, Speculates = speculates };
        int[] input = [.. Enumerable.Range(0, 256).Select(i => i * 3)];
        ulong from = machine.Put<int>(input);
        ulong to = machine.Allocate(4 * 256);
        Assert.Equal(0u, machine.Run(
            Header + """
            .visible .entry k(.param .u64 in, .param .u64 out) {
            .reg .pred %p<3>; .reg .b32 %r<8>; .reg .b64 %rd<6>;
            mov.u32 %r0, %tid.x; add.s32 %r1, %r0, -5; mov.u32 %r2, 0; setp.ge.u32 %p0, %r1, 200;
            ld.param.u64 %rd0, [in]; mul.wide.u32 %rd1, %r1, 4; add.s64 %rd1, %rd0, %rd1;
            @%p0 bra skip; ld.global.u32 %r2, [%rd1];
            skip: ld.param.u64 %rd2, [out]; mul.wide.u32 %rd3, %r0, 4; add.s64 %rd3, %rd2, %rd3;
            st.global.u32 [%rd3], %r2; ret; }
            """, new Dim3(1), new Dim3(256), from, to));
        Span<int> result = CpuMachine.Get<int>(to, 256);
        for (int i = 0; i < 256; i++)
        {
            Assert.Equal(i is >= 5 and < 205 ? (i - 5) * 3 : 0, result[i]);
        }
    }

    /// <summary>Neighbours' values through shared memory, over two barriers, in blocks that are not whole warps.</summary>
    [Theory]
    [MemberData(nameof(Ways))]
    public void BarriersOrderSharedMemory(int width, bool speculates)
    {
        using var machine = new CpuMachine { Width = width, Speculates = speculates };
        const int Threads = 77;
        ulong output = machine.Allocate(4 * Threads * 2);
        Assert.Equal(0u, machine.Run(
            Header + """
            .visible .entry k(.param .u64 out) {
            .reg .pred %p<3>; .reg .b32 %r<12>; .reg .b64 %rd<6>; .shared .align 4 .b32 s[128];
            mov.u32 %r0, %tid.x; mov.u32 %r1, %ntid.x; mov.u32 %r9, %ctaid.x; mov.u32 %r2, s; shl.b32 %r3, %r0, 2; add.s32 %r4, %r2, %r3;
            mad.lo.s32 %r5, %r0, 10, %r9; st.shared.u32 [%r4], %r5; bar.sync 0;
            sub.s32 %r6, %r1, %r0; add.s32 %r6, %r6, -1; shl.b32 %r7, %r6, 2; add.s32 %r7, %r2, %r7;
            ld.shared.u32 %r8, [%r7]; setp.gt.u32 %p0, %r0, 40; bar.red.popc.u32 %r10, 0, %p0; add.s32 %r8, %r8, %r10;
            ld.param.u64 %rd0, [out]; mad.lo.s32 %r11, %r9, %r1, %r0; mul.wide.u32 %rd1, %r11, 4; add.s64 %rd0, %rd0, %rd1;
            st.global.u32 [%rd0], %r8; ret; }
            """, new Dim3(2), new Dim3(Threads), output));
        Span<int> result = CpuMachine.Get<int>(output, Threads * 2);
        for (int i = 0; i < Threads * 2; i++)
        {
            Assert.Equal(((Threads - 1 - (i % Threads)) * 10) + (i / Threads) + (Threads - 41), result[i]);
        }
    }

    /// <summary>Shuffles, votes, matches and reductions, against their definitions (PTX ISA 9.7.9.6, 9.7.13).</summary>
    [Fact]
    public void WarpsExchangeValues()
    {
        using var machine = new CpuMachine();
        ulong output = machine.Allocate(4 * 32 * 10);
        string[] code =
        [
            "shfl.sync.down.b32 %r8, %r1, 3, 31, -1;", "shfl.sync.up.b32 %r8, %r1, 5, 0, -1;",
            "shfl.sync.bfly.b32 %r8, %r1, 9, 31, -1;", "shfl.sync.idx.b32 %r8, %r1, %r0, 0x181F, -1;",
            "setp.gt.u32 %p0, %r1, 40; vote.sync.ballot.b32 %r8, %p0, -1;",
            "redux.sync.add.u32 %r8, %r1, -1;", "shr.u32 %r9, %r0, 3; match.any.sync.b32 %r8, %r9, -1;",
            "redux.sync.max.s32 %r8, %r1, -1;", "activemask.b32 %r8;", "mov.u32 %r8, %lanemask_lt;",
        ];
        string body = string.Concat(code.Select((line, i) => $"{line}\nst.global.u32 [%rd1+{i * 128}], %r8;\n"));
        Assert.Equal(0u, machine.Run(
            Header + $$"""
            .visible .entry k(.param .u64 out) {
            .reg .pred %p<3>; .reg .b32 %r<12>; .reg .b64 %rd<6>;
            mov.u32 %r0, %tid.x; mul.lo.s32 %r1, %r0, %r0; and.b32 %r1, %r1, 63;
            ld.param.u64 %rd0, [out]; mul.wide.u32 %rd1, %r0, 4; add.s64 %rd1, %rd0, %rd1;
            {{body}} ret; }
            """, new Dim3(1), new Dim3(32), output));
        Span<uint> result = CpuMachine.Get<uint>(output, 320);
        uint[] v = [.. Enumerable.Range(0, 32).Select(i => (uint)(i * i & 63))];
        uint ballot = (uint)Enumerable.Range(0, 32).Sum(i => v[i] > 40 ? 1L << i : 0);
        for (int i = 0; i < 32; i++)
        {
            Assert.Equal(i + 3 < 32 ? v[i + 3] : v[i], result[i]);
            Assert.Equal(i - 5 >= 0 ? v[i - 5] : v[i], result[32 + i]);
            Assert.Equal(v[i ^ 9], result[64 + i]);
            Assert.Equal(v[(i & 24) | (i & 7)], result[96 + i]);
            Assert.Equal(ballot, result[128 + i]);
            Assert.Equal((uint)v.Sum(x => x), result[160 + i]);
            Assert.Equal(0xFFu << (i / 8 * 8), result[192 + i]);
            Assert.Equal(v.Max(), result[224 + i]);
            Assert.Equal(uint.MaxValue, result[256 + i]);
            Assert.Equal((1u << i) - 1, result[288 + i]);
        }
    }

    [Fact]
    public void AtomicsOfAllThreadsCount()
    {
        using var machine = new CpuMachine { Threads = 4 };
        ulong output = machine.Allocate(64);
        Assert.Equal(0u, machine.Run(
            Header + """
            .visible .entry k(.param .u64 out) {
            .reg .b32 %r<8>; .reg .b64 %rd<6>; .reg .f32 %f<3>;
            ld.param.u64 %rd0, [out]; mov.u32 %r0, %tid.x; mov.f32 %f0, 0f3F000000;
            red.global.add.u32 [%rd0], 1; red.global.max.u32 [%rd0+4], %r0; atom.global.add.f32 %f1, [%rd0+8], %f0;
            atom.global.inc.u32 %r1, [%rd0+12], 9; red.global.xor.b32 [%rd0+16], %r0; ret; }
            """, new Dim3(20), new Dim3(100), output));
        Span<uint> result = CpuMachine.Get<uint>(output, 5);
        Assert.Equal(2000u, result[0]);
        Assert.Equal(99u, result[1]);
        Assert.Equal(1000f, BitConverter.UInt32BitsToSingle(result[2]));
        Assert.Equal(0u, result[3]);
        Assert.Equal(0u, result[4]);
    }

    [Fact]
    public void EndlessLoopsMeetTheirDeadline()
    {
        using var machine = new CpuMachine { TimeLimit = TimeSpan.FromMilliseconds(30) };
        long start = Environment.TickCount64;
        uint code = machine.Run(
            Header + ".visible .entry k(.param .u64 out) {\n.reg .b32 %r<3>;\nloop: add.s32 %r1, %r1, 1;\nbra loop;\n}",
            new Dim3(64), new Dim3(64), 0UL);
        Assert.Equal(FenceStatus.DeadlineExceeded, code);
        Assert.InRange(Environment.TickCount64 - start, 0, 10_000);
    }

    [Fact]
    public void SpinningOnAnotherBlockMeetsItsDeadline()
    {
        using var machine = new CpuMachine { TimeLimit = TimeSpan.FromMilliseconds(30) };
        uint code = machine.Run(
            Header + """
            .visible .entry k(.param .u64 out) {
            .reg .b32 %r<3>; .reg .b64 %rd<2>; .reg .pred %p<2>; ld.param.u64 %rd0, [out];
            loop: ld.volatile.global.u32 %r0, [%rd0]; setp.eq.u32 %p0, %r0, 0; @%p0 bra loop; ret; }
            """, new Dim3(64), new Dim3(64), machine.Allocate(16));
        Assert.Equal(FenceStatus.DeadlineExceeded, code);
    }

    [Fact]
    public void WgmmaIsRefusedWithItsLine()
    {
        string? folder = TritonKernelTests.Folder;
        Assert.SkipUnless(folder is not null, "the Triton kernels are not here");
        FencedModule module = CpuMachine.Fence(
            File.ReadAllText(Path.Combine(folder!, "matmul128.ptx")), new FenceOptions { RegionBits = 26 });
        Exception refusal = Assert.ThrowsAny<Exception>(() => Gpu.Cpu.CpuKernel.Compile(module.Kernels[0]));
        Assert.Contains("wgmma", refusal.Message, StringComparison.Ordinal);
    }
}
