using System.Diagnostics;
using System.Runtime.CompilerServices;

namespace TensorWasm.Gpu.Attacks;

/// <content>
/// Threads that meet where they should not. On a GPU each case runs in a process of its own: one that the hardware does
/// not like takes that process's device only, and the others are still seen.
/// </content>
public abstract partial class AttackSuite
{
    private const string FormVariable = "TENSORWASM_ATTACK_FORM";

    private static readonly TimeSpan ChildPatience = TimeSpan.FromSeconds(60);

    /// <summary>What PTX leaves undefined: it may do anything inside the region, but must be over.</summary>
    public static TheoryData<string, string> UndefinedMeetings => new()
    {
        { "a barrier in one branch", "and.b32 %r5, %r2, 1; setp.eq.u32 %p1, %r5, 0; @%p1 bra $w; bra $x; $w: bar.sync 0; $x: bar.sync 0;" },
        { "a barrier for some", "setp.lt.u32 %p1, %r2, 7; @%p1 bar.sync 0;" },
        { "a barrier after an exit", "setp.lt.u32 %p1, %r2, 7; @%p1 exit; bar.sync 0; bar.sync 0;" },
        { "warp and block barriers against each other", "and.b32 %r5, %r2, 1; setp.eq.u32 %p1, %r5, 0; @%p1 bra $w; bar.sync 0; bra $x; $w: bar.warp.sync -1; bar.sync 0; $x:" },
        { "a shuffle in one branch", "and.b32 %r5, %r2, 1; setp.eq.u32 %p1, %r5, 0; @!%p1 bra $x; shfl.sync.idx.b32 %r6, %r2, 1, 31, -1; $x:" },
        { "different masks", "and.b32 %r5, %r2, 1; setp.eq.u32 %p1, %r5, 0; @%p1 bra $w; bar.warp.sync 0xffff; bra $x; $w: bar.warp.sync 0xffffffff; $x:" },
        { "a mask without oneself", "bar.warp.sync 1;" },
        { "an empty mask", "mov.u32 %r5, 0; vote.sync.ballot.b32 %r6, %p1, %r5; bar.warp.sync %r5;" },
        { "a mask of nobody that is there", "setp.gt.u32 %p1, %r2, 0; @%p1 exit; bar.warp.sync 0xfffffffe; shfl.sync.up.b32 %r5, %r2, 1, 0, 0xfffffffe;" },
        { "kinds of barrier mixed", "and.b32 %r5, %r2, 32; setp.eq.u32 %p1, %r5, 0; @%p1 bra $w; bar.sync 0; bra $x; $w: bar.red.popc.u32 %r6, 0, %p1; $x:" },
        { "an election of the absent", "mov.u32 %r5, 0; match.any.sync.b32 %r6, %r2, %r5; redux.sync.add.s32 %r7, %r2, %r5;" },
        { "kinds of barrier mixed, by the warp's number", "mov.u32 %r5, %warpid; and.b32 %r5, %r5, 1; setp.eq.u32 %p1, %r5, 0; @%p1 bra $w; bar.sync 0; bra $x; $w: bar.red.popc.u32 %r6, 0, %p1; $x:" },
        { "kinds of barrier mixed, by votes of warps", "setp.lt.u32 %p2, %r2, 64; vote.sync.any.pred %p1, %p2, -1; @%p1 bra $w; bar.sync 0; bra $x; $w: bar.red.popc.u32 %r6, 0, %p1; $x:" },
        { "kinds of barrier mixed, by a shuffle", "shfl.sync.idx.b32 %r5, %r2, 0, 31, -1; setp.eq.u32 %p1, %r5, 0; @%p1 bra $w; bar.sync 0; bra $x; $w: bar.red.popc.u32 %r6, 0, %p1; $x:" },
        { "kinds of barrier mixed, by memory that changes", "and.b32 %r5, %r2, 32; st.volatile.global.u32 [%rd1], %r5; ld.volatile.global.u32 %r5, [%rd1]; setp.eq.u32 %p1, %r5, 0; @%p1 bra $w; bar.sync 0; bra $x; $w: bar.red.popc.u32 %r6, 0, %p1; $x:" },
        { "kinds of barrier mixed, by the clock", "mov.u32 %r5, %clock; and.b32 %r5, %r5, 64; setp.eq.u32 %p1, %r5, 0; @%p1 bra $w; bar.sync 0; bra $x; $w: bar.red.popc.u32 %r6, 0, %p1; $x:" },
        { "kinds of barrier mixed, by rounds of a loop", "shr.u32 %r5, %r2, 5; $l: bar.sync 0; add.u32 %r5, %r5, 1; setp.lt.u32 %p1, %r5, 9; @%p1 bra $l; bar.red.popc.u32 %r6, 0, %p1;" },
        { "a reduction in one branch", "and.b32 %r5, %r2, 1; setp.eq.u32 %p1, %r5, 0; @%p1 bra $w; bra $x; $w: bar.red.popc.u32 %r6, 0, %p1; $x: bar.sync 0;" },
        { "two reductions of a warp against each other", "and.b32 %r5, %r2, 1; setp.eq.u32 %p1, %r5, 0; @%p1 bra $w; bar.red.or.pred %p2, 0, %p1; bra $x; $w: bar.red.and.pred %p3, 0, %p1; $x: bar.red.popc.u32 %r6, 0, %p1; st.global.u32 [%rd3], %r6;" },
        { "reductions of all kinds against each other", "shr.u32 %r5, %r2, 4; setp.eq.u32 %p1, %r5, 0; setp.eq.u32 %p2, %r5, 1; setp.eq.u32 %p3, %r5, 2; @%p1 bar.red.or.pred %p4, 0, %p1; @%p2 bar.red.and.pred %p4, 0, %p1; @%p3 bar.red.popc.u32 %r6, 0, %p1; bar.sync 0; bar.sync 0;" },
        { "a reduction for some, the others gone", "setp.lt.u32 %p1, %r2, 7; @!%p1 exit; bar.red.popc.u32 %r6, 0, %p1; bar.red.and.pred %p2, 0, %p1;" },
        { "aligned barriers against others", "and.b32 %r5, %r2, 1; setp.eq.u32 %p1, %r5, 0; @%p1 bra $w; barrier.sync 0; bra $x; $w: barrier.sync.aligned 0; $x:" },
        { "a vote against a shuffle", "and.b32 %r5, %r2, 1; setp.eq.u32 %p1, %r5, 0; @%p1 bra $w; shfl.sync.bfly.b32 %r6, %r2, 1, 31, -1; bra $x; $w: vote.sync.any.pred %p2, %p1, -1; $x: bar.warp.sync -1;" },
        { "a sum against a match", "and.b32 %r5, %r2, 1; setp.eq.u32 %p1, %r5, 0; @%p1 bra $w; redux.sync.add.s32 %r6, %r2, -1; bra $x; $w: match.any.sync.b32 %r6, %r2, -1; $x: vote.sync.ballot.b32 %r7, %p1, -1;" },
        { "a sum in one branch", "and.b32 %r5, %r2, 1; setp.eq.u32 %p1, %r5, 0; @%p1 bra $x; redux.sync.add.s32 %r6, %r2, -1; match.all.sync.b32 %r7|%p2, %r2, -1; $x:" },
        { "half a warp in a loop that is checked before it", "and.b32 %r5, %r2, 1; setp.eq.u32 %p1, %r5, 0; mov.u32 %r6, 0; mov.u64 %rd8, %rd3; @%p1 bra $x; $l: bar.sync 0; ld.global.u32 %r7, [%rd8]; add.s64 %rd8, %rd8, 4; add.s32 %r6, %r6, 1; setp.lt.s32 %p2, %r6, 9; @%p2 bra $l; $x: bar.sync 0;" },
    };

    [Theory]
    [MemberData(nameof(UndefinedMeetings))]
    public void Meetings_that_PTX_leaves_undefined_are_over_by_the_deadline(string form, string body) => Isolated(form, () =>
    {
        using var attacker = new Attacker(Device);
        var outcome = attacker.Run(PtxText.Module(body), shape: new LaunchShape(new(8), new(64)), limit: EndLimit);
        Assert.True(
            outcome.IsContained || outcome.IsRefused || outcome.Code is GpuErrorCode.DeadlineExceeded or GpuErrorCode.Diverged,
            $"{form}: {outcome}");
        AssertSoon(form, outcome);
    });

    /// <summary>Matrix instructions by warps that are not whole, and how many threads a block has.</summary>
    public static TheoryData<string, string, int> PartedMatrices => new()
    {
        { "in one branch", "and.b32 %r5, %r2, 1; setp.eq.u32 %p1, %r5, 0; @!%p1 bra $x; MMA $x:", 64 },
        { "half of the warp gone", "setp.lt.u32 %p1, %r2, 16; @%p1 exit; MMA st.global.f32 [%rd3], %f1;", 64 },
        { "under a guard", "and.b32 %r5, %r2, 1; setp.eq.u32 %p1, %r5, 0; @%p1 MMA", 64 },
        { "different ones in two branches", "and.b32 %r5, %r2, 1; setp.eq.u32 %p1, %r5, 0; @%p1 bra $w; MMA bra $x; $w: MMA $x:", 64 },
        { "fewer iterations for some", "$l: MMA add.s32 %r5, %r5, 1; setp.lt.u32 %p1, %r5, %r2; @%p1 bra $l;", 64 },
        { "a block of a warp and a half", "MMA", 48 },
        { "rows in one branch", "and.b32 %r5, %r2, 1; setp.eq.u32 %p1, %r5, 0; @!%p1 bra $x; mov.u32 %r6, rows; add.u32 %r6, %r6, 0xfffff0; ldmatrix.sync.aligned.m8n8.x4.shared.b16 {%r10,%r11,%r12,%r13}, [%r6]; $x:", 64 },
        { "a transposition in one branch", "and.b32 %r5, %r2, 1; setp.eq.u32 %p1, %r5, 0; @!%p1 bra $x; movmatrix.sync.aligned.m8n8.trans.b16 %r6, %r2; $x:", 64 },
    };

    [Theory]
    [MemberData(nameof(PartedMatrices))]
    public void Matrices_of_a_warp_that_is_not_whole_are_stopped_before_it(string form, string body, int threads) => Isolated(form, () =>
    {
        using var attacker = new Attacker(Device);
        const string Multiply =
            "mma.sync.aligned.m16n8k8.row.col.f32.f16.f16.f32 {%f1,%f2,%f3,%f4}, {%r10,%r11}, {%r12}, {%f1,%f2,%f3,%f4};";
        var ptx = PtxText.Module(
            body.Replace("MMA", Multiply, StringComparison.Ordinal), ".shared .align 16 .b8 rows[512];\n", "sm_90");
        var outcome = attacker.Run(ptx, shape: new LaunchShape(new(8), new((uint)threads)));
        Assert.True(outcome.Code == GpuErrorCode.Diverged, $"{form}: {outcome}");
    });

    [Theory]
    [InlineData("setp.lt.u32 %p1, %r2, 32; @%p1 exit;")]
    [InlineData("setp.lt.u32 %p1, %r2, 7; @%p1 exit;")]
    [InlineData("setp.lt.u32 %p1, %r2, 32; @%p1 bra $x;")]
    [InlineData("mov.u64 %rd10, %clock64; and.b64 %rd11, %rd10, 1; setp.eq.u64 %p1, %rd11, 0; @%p1 bra $x;")]
    public void Matrices_of_a_warpgroup_that_is_not_whole_are_over_by_the_deadline(string before) => Isolated(before, () =>
    {
        using var attacker = new Attacker(Device);
        const string Multiply = """
            mov.u32 %r5, box; shr.u32 %r6, %r5, 4; and.b32 %r6, %r6, 0x3fff; cvt.u64.u32 %rd8, %r6; or.b64 %rd9, %rd8, 0x4000004000010000;
            wgmma.fence.sync.aligned;
            $l: wgmma.mma_async.sync.aligned.m64n8k16.f32.bf16.bf16 {%f1,%f2,%f3,%f4}, %rd9, %rd9, 1, 1, 1, 0, 0;
            wgmma.commit_group.sync.aligned; wgmma.wait_group.sync.aligned 0; bra $l;
            $x: bar.sync 0;
            """;
        var ptx = PtxText.Module(
            before + Multiply, ".shared .align 1024 .b8 box[16384];\n", "sm_90a", "\n.reqntid 128\n");
        var outcome = attacker.Run(ptx, shape: new LaunchShape(new(8), new(128)), limit: EndLimit);
        Assert.True(outcome.IsRefused || outcome.Code == GpuErrorCode.DeadlineExceeded, $"{before}: {outcome}");
        AssertSoon("a warpgroup that is not whole", outcome);
    });

    /// <summary>Runs a case: here, or on a GPU in a child, which is this program asked for that one case.</summary>
    private void Isolated(string form, Action attack, [CallerMemberName] string method = "")
    {
        if (Environment.GetEnvironmentVariable(FormVariable) is { } wanted)
        {
            Assert.SkipUnless(wanted == form, $"{FormVariable} is '{wanted}'");
            attack();
            Victim.AssertHealthy();
            return;
        }

        if (Kind == DeviceKind.Cpu)
        {
            attack();
            return;
        }

        var program = Environment.ProcessPath!;
        var start = new ProcessStartInfo(program) { RedirectStandardOutput = true, RedirectStandardError = true };
        if (Path.GetFileNameWithoutExtension(program) == "dotnet")
        {
            start.ArgumentList.Add("exec");
            start.ArgumentList.Add(typeof(AttackSuite).Assembly.Location);
        }

        start.ArgumentList.Add("--filter-method");
        start.ArgumentList.Add($"{GetType().FullName}.{method}");
        start.Environment[FormVariable] = form;
        using var child = Process.Start(start)!;
        var output = child.StandardOutput.ReadToEndAsync();
        var errors = child.StandardError.ReadToEndAsync();
        if (!child.WaitForExit(ChildPatience))
        {
            child.Kill();
            Assert.Fail($"{form}: the child did not end in {ChildPatience}");
        }

        child.WaitForExit();
        Assert.True(
            child.ExitCode == 0 && output.Result.Contains("succeeded: 1", StringComparison.Ordinal),
            $"{form}: exit status {child.ExitCode}\n{output.Result}\n{errors.Result}");
    }
}
