using System.Globalization;

namespace TensorWasm.Gpu.Attacks;

/// <content>Kernels that do not want to end.</content>
public abstract partial class AttackSuite
{
    private static readonly TimeSpan EndLimit = TimeSpan.FromMilliseconds(100);

    /// <summary>
    /// How late a kernel may be on a machine that builds other things meanwhile. What it is on a quiet one is printed.
    /// </summary>
    private static readonly TimeSpan Late = TimeSpan.FromSeconds(10);

    private static string Repeat(int count, Func<int, string> part) => string.Concat(Enumerable.Range(0, count).Select(part));

    public static TheoryData<string, string> EndlessKernels => new()
    {
        { "a jump to itself", "$l: bra $l;" },
        { "a loop that stores", "$l: st.global.u32 [%rd1], %r2; bra $l;" },
        { "a counter that wraps at its sign", "mov.u32 %r5, 0; $l: add.s32 %r5, %r5, 0x40000000; setp.le.s32 %p1, %r5, 0x40000000; @%p1 bra $l;" },
        { "a counter that misses its bound", "mov.u32 %r5, 0; $l: add.s32 %r5, %r5, 2; setp.ne.s32 %p1, %r5, 7; @%p1 bra $l;" },
        { "a step of nothing", "mov.u32 %r5, 0; $l: add.s32 %r5, %r5, 0; setp.lt.s32 %p1, %r5, 7; @%p1 bra $l;" },
        { "a sum of floats as a counter", "mov.u32 %r5, 0; $l: add.s32 %r5, %r5, 0x40000000; add.f32 %r6, %r5, 0fFF800000; setp.lt.s32 %p1, %r6, 16; @%p1 bra $l;" },
        { "a stale counter in a loop", "mov.u64 %rd8, 0; $o: add.s32 %r9, %r9, 1; $l: add.s64 %rd8, %rd8, 1; setp.ne.s64 %p1, %rd8, 100; @%p1 bra $l; bra $o;" },
        { "short loops in an endless one", "$o: " + Repeat(20, i => $"mov.u32 %r{i + 10}, 0; $s{i}: red.global.add.u32 [%rd1], 1; add.s32 %r{i + 10}, %r{i + 10}, 1; setp.lt.s32 %p1, %r{i + 10}, 4000; @%p1 bra $s{i};\n") + "bra $o;" },
        { "two ways into a loop", "setp.eq.u32 %p1, %r2, 0; @%p1 bra $b; $a: add.s32 %r5, %r5, 1; $b: add.s32 %r5, %r5, 1; bra $a;" },
        { "a jump table", "mov.u32 %r5, 1; bra $b; $t: .branchtargets $a, $b; $a: ret; $b: brx.idx %r5, $t;" },
        { "a nest", "$a: $b: $c: setp.eq.u32 %p1, %r5, 0; @%p1 bra $c; @!%p1 bra $b; bra $a;" },
        { "a lock nobody frees", "$l: atom.global.cas.b32 %r5, [%rd1], 0, 1; setp.ne.u32 %p1, %r5, 0; @%p1 bra $l; bra $l;" },
        { "another block's flag", "mov.u32 %r5, %ctaid.x; setp.ne.u32 %p2, %r5, 0; @%p2 exit; $l: ld.volatile.global.u32 %r6, [%rd3]; setp.ne.u32 %p1, %r6, 12345; @%p1 bra $l;" },
        { "barriers without end", "$l: bar.sync 0; bra $l;" },
        { "half the block waits, half spins", "setp.lt.u32 %p1, %r2, 32; @%p1 bra $w; $l: bra $l; $w: bar.sync 0;" },
        { "half the warp waits, half spins", "and.b32 %r5, %r2, 1; setp.eq.u32 %p1, %r5, 0; @%p1 bra $w; $l: bra $l; $w: bar.warp.sync -1;" },
        { "shuffles without end", "$l: shfl.sync.bfly.b32 %r5, %r5, 1, 31, -1; bra $l;" },
        { "votes of a warp whose half is gone", "setp.lt.u32 %p1, %r2, 16; @%p1 exit; $l: vote.sync.all.pred %p2, %p1, -1; bra $l;" },
        { "reductions of a block whose half is gone", "setp.lt.u32 %p1, %r2, 32; @%p1 exit; $l: bar.red.popc.u32 %r5, 0, %p1; bra $l;" },
        { "a storm of atomics", "$l: red.global.add.u32 [%rd1], 1; red.global.add.u32 [%rd1], 1; bra $l;" },
        { "a storm of fences", "$l: membar.sys; st.global.u32 [%rd1], 1; bra $l;" },
        { "a long body", "$l: " + Repeat(4000, i => $"mul.lo.s32 %r{10 + (i % 20)}, %r{10 + ((i + 1) % 20)}, 3;\n") + "bra $l;" },
    };

    [Theory]
    [MemberData(nameof(EndlessKernels))]
    public void Endless_kernels_end_at_their_deadline(string form, string body)
    {
        using var attacker = new Attacker(Device);
        // Everything that the device has room for: several waves of full blocks.
        foreach (var shape in (LaunchShape[])[new(new(1), new(64)), new(new((uint)Device.Info.Multiprocessors * 3), new(512))])
        {
            var outcome = attacker.Run(PtxText.Module(body), 0, 0, shape: shape, limit: EndLimit);
            Assert.True(outcome.Code == GpuErrorCode.DeadlineExceeded, $"{form}: {outcome}");
            AssertSoon(form, outcome);
        }
    }

    [Fact]
    public void Grids_of_very_many_blocks_end_at_their_deadline()
    {
        using var attacker = new Attacker(Device);
        foreach (var body in (string[])["", "red.global.add.u32 [%rd1], 1;", Repeat(8, _ => "atom.global.add.u32 %r5, [%rd1], 1;")])
        {
            var outcome = attacker.Run(
                PtxText.Module(body), shape: new LaunchShape(new(1 << 16, 1 << 10), new(1024)), limit: EndLimit);
            Assert.True(outcome.Code is null or GpuErrorCode.DeadlineExceeded, outcome.ToString());
            AssertSoon("a vast grid", outcome);
        }
    }

    [Fact]
    public void Long_straight_code_ends_at_its_deadline()
    {
        using var attacker = new Attacker(Device);
        var body = Repeat(3000, _ => "atom.global.add.u32 %r5, [%rd1], 1;\n");
        var shape = new LaunchShape(new((uint)Device.Info.Multiprocessors * 64), new(1024));
        var outcome = attacker.Run(PtxText.Module(body), shape: shape, limit: EndLimit);
        Assert.True(outcome.Code is null or GpuErrorCode.DeadlineExceeded, outcome.ToString());
        AssertSoon("straight code", outcome);
    }

    [Fact]
    public void A_trap_stops_the_kernel_and_nothing_else()
    {
        using var attacker = new Attacker(Device);
        Assert.Equal(GpuErrorCode.Trapped, attacker.Run(PtxText.Module("trap;")).Code);
        Assert.Equal(
            GpuErrorCode.Trapped, attacker.Run(PtxText.Module("setp.eq.u32 %p1, %r2, 63; @%p1 trap; bar.sync 0;")).Code);
        Assert.Null(attacker.Run(PtxText.Module("st.global.u32 [%rd1], 1;")).Code);
    }

    [Theory]
    [InlineData("div.u32 %r5, %r2, %r1; rem.u32 %r6, %r2, %r1; div.u64 %rd8, %rd1, 0;")]
    [InlineData("div.s32 %r5, -2147483648, %r1; mov.u32 %r6, -1; mov.u32 %r7, 0x80000000; div.s32 %r8, %r7, %r6; rem.s32 %r9, %r7, %r6;")]
    [InlineData("mov.u64 %rd8, 0x8000000000000000; mov.u64 %rd9, -1; div.s64 %rd10, %rd8, %rd9; rem.s64 %rd11, %rd8, %rd9; div.s64 %rd12, %rd8, 0;")]
    [InlineData("mov.u32 %r5, -1; shl.b32 %r6, %r2, %r5; shr.s32 %r7, %r2, %r5; shl.b64 %rd8, %rd1, %r5; bfe.u32 %r8, %r2, %r5, %r5; bfi.b32 %r9, %r2, %r2, %r5, %r5;")]
    [InlineData("mov.f32 %f1, 0f7FC00000; cvt.rzi.s32.f32 %r5, %f1; mov.f32 %f2, 0f7F800000; cvt.rni.u64.f32 %rd8, %f2; cvt.rzi.s64.f32 %rd9, 0fFF800000;")]
    [InlineData("shfl.sync.idx.b32 %r5, %r2, 77, 31, -1; shfl.sync.down.b32 %r6, %r2, -1, -1, -1; fns.b32 %r7, %r2, 99, -5; prmt.b32 %r8, %r2, %r2, -1;")]
    public void Arithmetic_without_a_result_stops_nothing(string body)
    {
        using var attacker = new Attacker(Device);
        var outcome = attacker.Run(PtxText.Module(body + "st.global.u32 [%rd3], %r5; st.global.u64 [%rd3+8], %rd8;"));
        Assert.True(outcome.Code is null || outcome.Code == GpuErrorCode.MalformedPtx, outcome.ToString());
    }

    private void AssertSoon(string form, Outcome outcome)
    {
        var late = outcome.Elapsed - EndLimit;
        TestContext.Current.TestOutputHelper?.WriteLine(string.Create(
            CultureInfo.InvariantCulture, $"{form}: {Kind}, {Math.Max(late.TotalMilliseconds, 0):F1} ms late"));
        Assert.True(late < Late, $"{form}: over {late} after its deadline");
    }
}
