using TensorWasm.Ptx.Fencing;
using TensorWasm.Ptx.Tests.TestSupport;

namespace TensorWasm.Ptx.Tests.Passes;

/// <summary>
/// Barriers, warp-wide and matrix instructions at which threads meet. What PTX leaves undefined there (ISA 9.7.13,
/// 9.7.14) an H200 answers with an illegal instruction or never, so fenced kernels must not come to it.
/// </summary>
public sealed class MeetingTests
{
    private const string Multiply =
        "mma.sync.aligned.m16n8k8.row.col.f32.f16.f16.f32 {%f1,%f2,%f3,%f4}, {%r10,%r11}, {%r12}, {%f1,%f2,%f3,%f4};";

    private static FenceOptions Options { get; } =
        FenceText.Constant with { Deadline = DeadlineKind.GlobalTimer, ClearShared = true, VersionLoops = true };

    /// <summary>All but the tour of the syntax, which has things that are refused.</summary>
    public static TheoryData<string> Corpus => new(PtxCorpus.Fixtures.Concat(PtxCorpus.Triton).Concat(PtxCorpus.Samples)
        .Where(path => !path.EndsWith("syntax-tour.ptx", StringComparison.Ordinal)));

    [Theory]
    [MemberData(nameof(Corpus))]
    public void Compilers_kernels_keep_their_barriers_and_have_whole_warps(string path)
    {
        FencedModule fenced = FenceText.Module(File.ReadAllText(path), Options);
        Assert.Empty(fenced.Diagnostics);
        foreach (FencedKernel kernel in fenced.Kernels)
        {
            // Their control flow shows that no two of them meet.
            Assert.DoesNotContain(FenceText.Code(kernel), line => line.Contains("%tw_nobody", StringComparison.Ordinal));

            // Only where the launch may have a warp that is never whole it is asked, once.
            Assert.InRange(
                FenceText.Code(kernel).Count(line => line.Contains("activemask", StringComparison.Ordinal)),
                0,
                kernel.Kernel.Bounds.RequiredThreads is null ? 1 : 0);
        }
    }

    [Fact]
    public void All_barriers_of_a_kernel_whose_barriers_may_meet_count()
    {
        FencedKernel kernel = FenceText.Kernel(
            """
            mov.u32 %r2, %tid.x;
            setp.eq.u32 %p2, %r2, 0;
            bar.sync 3;
            bar.red.popc.u32 %r1, 3, 64, %p1;
            @%p2 bar.red.and.pred %p3, 3, %p1;
            barrier.cta.red.or.aligned.pred %p4, 3, !%p1;
            bar.red.and.pred %p5, 3, !%p1;
            """,
            FenceText.Constant,
            directives: ".reqntid 64");
        string[] code = FenceText.Code(kernel);
        Assert.Equal(
            [
                "bar.red.popc.u32 %tw_met, 3, %tw_nobody;",
                "bar.red.popc.u32 %r1, 3, %p1;",
                "@%p2 bar.red.popc.u32 %tw_met_1, 3, !%p1;",
                "@%p2 setp.eq.u32 %p3, %tw_met_1, 0;",
                "bar.red.popc.u32 %tw_met_2, 3, !%p1;",
                "setp.ne.u32 %p4, %tw_met_2, 0;",
                "bar.red.popc.u32 %tw_met_3, 3, %p1;",
                "setp.eq.u32 %p5, %tw_met_3, 0;",
            ],
            code.Where(line => line.Contains("red.popc", StringComparison.Ordinal) || line.Contains("%tw_met", StringComparison.Ordinal)));
    }

    [Fact]
    public void Barriers_without_a_reduction_stay_and_name_no_number() => Assert.Equal(
        ["bar.sync 0;", "bar.sync 0;"],
        FenceText.Code(FenceText.Kernel("bar.sync 0, 64; barrier.sync 0;", FenceText.Constant, directives: ".reqntid 64"))
            .Where(line => line.StartsWith("bar", StringComparison.Ordinal)));

    [Theory]
    [InlineData("", false)]
    [InlineData("mov.u32 %r5, %ctaid.x; setp.eq.u32 %p1, %r5, 0; @%p1 bra $x;", false)]
    [InlineData("ld.param.u32 %r6, [n]; mov.u32 %r5, 0; $l: add.u32 %r5, %r5, 1; setp.lt.u32 %p1, %r5, %r6; @%p1 bra $l;", false)]
    [InlineData("mov.u32 %r5, %tid.x; setp.eq.u32 %p1, %r5, 0; @%p1 bra $y; add.u32 %r6, %r6, 1; $y:", false)]
    [InlineData("mov.u32 %r5, %tid.x; shfl.sync.idx.b32 %r6, %r5, 0, 31, -1; setp.eq.u32 %p1, %r6, 0; @%p1 bra $x;", false)]
    [InlineData("mov.u32 %r5, %tid.x; setp.eq.u32 %p1, %r5, 0; @%p1 bra $x;", true)]
    [InlineData("mov.u32 %r5, %laneid; setp.lt.u32 %p1, %r5, 16; @%p1 exit;", true)]
    [InlineData("ld.param.u64 %rd1, [a]; atom.global.add.u32 %r5, [%rd1], 1; setp.eq.u32 %p1, %r5, 0; @%p1 bra $x;", true)]
    [InlineData("mov.u32 %r5, %tid.x; $l: add.u32 %r5, %r5, 1; setp.lt.u32 %p1, %r5, 64; @%p1 bra $l; setp.eq.u32 %p2, %r5, 64; @%p2 bra $x;", true)]
    [InlineData("mov.u32 %r6, 0; mov.u32 %r5, %tid.x; setp.eq.u32 %p1, %r5, 0; @%p1 bra $y; mov.u32 %r6, 1; $y: setp.eq.u32 %p2, %r6, 1; @%p2 bra $x;", true)]
    [InlineData("mov.u32 %r5, %tid.x; setp.eq.u32 %p1, %r5, 0; @%p1", true)]
    public void Warps_that_may_not_be_whole_are_stopped_before_they_multiply(string before, bool isGuarded)
    {
        string[] code = FenceText.Code(FenceText.Kernel(
            $"{before} {Multiply} $x: ret;", FenceText.Constant, ".param .u64 a, .param .u32 n", directives: ".reqntid 64"));
        string[] last = [.. code.TakeWhile(line => !line.Contains("mma.sync", StringComparison.Ordinal)).TakeLast(1)];
        Assert.Equal(isGuarded, last.Any(line => line.Contains("bra $tw_stop", StringComparison.Ordinal)));
    }

    [Fact]
    public void Blocks_that_need_not_be_whole_warps_are_asked_at_their_start()
    {
        string[] code = FenceText.Code(FenceText.Kernel(Multiply, FenceText.Constant));
        Assert.Single(code, line => line.StartsWith("activemask.b32", StringComparison.Ordinal));
    }

    /// <summary>
    /// Votes need only those that are left: who ends, or goes where nobody waits any more, parts nobody. Who goes to
    /// another meeting does.
    /// </summary>
    [Theory]
    [InlineData("vote.sync.any.pred %p2, %p1, -1;", false)]
    [InlineData("@%p1 exit; vote.sync.any.pred %p2, %p1, -1;", false)]
    [InlineData("@%p1 bra $x; vote.sync.any.pred %p2, %p1, -1;", false)]
    [InlineData("@%p1 bra $y; add.u32 %r6, %r6, 1; $y: vote.sync.any.pred %p2, %p1, -1;", false)]
    [InlineData("$l: add.u32 %r5, %r5, 1; setp.lt.u32 %p1, %r5, 64; @%p1 bra $l; vote.sync.any.pred %p2, %p1, -1;", false)]
    [InlineData("@%p1 bra $y; vote.sync.any.pred %p2, %p1, -1; $y: bar.sync 0;", true)]
    [InlineData("@%p1 bra $y; shfl.sync.bfly.b32 %r6, %r5, 1, 31, -1; bra $x; $y: vote.sync.any.pred %p2, %p1, -1;", true)]
    [InlineData("$l: vote.sync.any.pred %p2, %p1, -1; add.u32 %r5, %r5, 1; setp.lt.u32 %p1, %r5, 64; @%p1 bra $l;", true)]
    [InlineData("@%p1 bra $y; bar.red.popc.u32 %r6, 0, %p1; $y: bar.sync 0;", true)]
    [InlineData("@%p1 bra $y; barrier.sync 0; $y: bar.sync 0;", true)]
    [InlineData("@%p1 bra $y; redux.sync.add.s32 %r6, %r5, -1; bra $z; $y: match.any.sync.b32 %r6, %r5, -1; $z: bar.warp.sync -1;", true)]
    public void Threads_are_stopped_before_they_wait_for_others_that_wait_elsewhere(string code, bool isGuarded)
    {
        FencedKernel kernel = FenceText.Kernel(
            $"mov.u32 %r5, %tid.x; setp.lt.u32 %p1, %r5, 7; {code} $x: ret;",
            FenceText.Constant with { Deadline = DeadlineKind.GlobalTimer },
            directives: ".reqntid 64");
        string[] lines = FenceText.Code(kernel);
        Assert.Equal(isGuarded, lines.Any(line => line.Contains("setp.ne.s32 %tw_parted, %tw_active, %tw_begun", StringComparison.Ordinal)));

        // The question itself must not wait.
        Assert.Equal(isGuarded ? 1 : 0, lines.Count(line => line.StartsWith("activemask.b32 %tw_begun", StringComparison.Ordinal)));
    }

    [Fact]
    public void A_guard_that_differs_between_threads_is_asked_before_they_wait()
    {
        string[] code = FenceText.Code(FenceText.Kernel(
            "mov.u32 %r5, %tid.x; setp.lt.u32 %p1, %r5, 7; @%p1 bar.red.popc.u32 %r6, 0, %p2;", FenceText.Constant, directives: ".reqntid 64"));
        Assert.Single(code, line => line.StartsWith("vote.sync.uni.pred %tw_alike, %p1", StringComparison.Ordinal));
    }

    /// <summary>
    /// Barriers of different kinds stay where all threads of the block come to each of them in turn. What a warp agrees on
    /// another warp may not, and memory may have changed between two threads that read it.
    /// </summary>
    [Theory]
    [InlineData("", false)]
    [InlineData("mov.u32 %r5, %ctaid.x; setp.eq.u32 %p1, %r5, 0; @%p1 bra $y;", false)]
    [InlineData("ld.param.u32 %r5, [n]; setp.eq.u32 %p1, %r5, 0; @%p1 bra $y;", false)]
    [InlineData("ld.param.u32 %r6, [n]; mov.u32 %r5, 0; $l: bar.sync 0; add.u32 %r5, %r5, 1; setp.lt.u32 %p1, %r5, %r6; @%p1 bra $l;", false)]
    [InlineData("mov.u32 %r5, %tid.x; setp.eq.u32 %p2, %r5, 0; bar.red.or.pred %p1, 0, %p2; @%p1 bra $y;", false)]
    [InlineData("mov.u32 %r5, %tid.x; setp.eq.u32 %p1, %r5, 0; @%p1 bra $z; add.u32 %r6, %r6, 1; $z:", false)]
    [InlineData("mov.u32 %r5, %tid.x; setp.eq.u32 %p1, %r5, 0; @%p1 exit;", false)]
    [InlineData("mov.u32 %r5, %tid.x; setp.eq.u32 %p1, %r5, 0; @%p1 bra $y;", true)]
    [InlineData("mov.u32 %r5, %tid.x; setp.eq.u32 %p1, %r5, 0; @%p1", true)]
    [InlineData("mov.u32 %r5, %warpid; setp.eq.u32 %p1, %r5, 0; @%p1 bra $y;", true)]
    [InlineData("mov.u32 %r5, %tid.x; setp.eq.u32 %p2, %r5, 0; vote.sync.any.pred %p1, %p2, -1; @%p1 bra $y;", true)]
    [InlineData("mov.u32 %r5, %tid.x; shfl.sync.idx.b32 %r6, %r5, 0, 31, -1; setp.eq.u32 %p1, %r6, 0; @%p1 bra $y;", true)]
    [InlineData("ld.param.u64 %rd1, [a]; ld.global.u32 %r5, [%rd1]; setp.eq.u32 %p1, %r5, 0; @%p1 bra $y;", true)]
    [InlineData("mov.u32 %r5, %clock; setp.eq.u32 %p1, %r5, 0; @%p1 bra $y;", true)]
    [InlineData("mov.u32 %r5, %tid.x; $l: bar.sync 0; add.u32 %r5, %r5, 1; setp.lt.u32 %p1, %r5, 64; @%p1 bra $l;", true)]
    public void Barriers_that_may_meet_are_one_kind(string before, bool mayMeet)
    {
        string[] code = FenceText.Code(FenceText.Kernel(
            $"{before} bar.red.popc.u32 %r7, 0, %p3; $y: bar.sync 0; $x: ret;",
            FenceText.Constant,
            ".param .u64 a, .param .u32 n",
            directives: ".reqntid 64"));
        Assert.Equal(!mayMeet, code.Any(line => line.Contains("bar.sync 0;", StringComparison.Ordinal)));
    }
}
