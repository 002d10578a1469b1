using TensorWasm.Ptx.Fencing;
using TensorWasm.Ptx.Ir;
using TensorWasm.Ptx.Tests.TestSupport;

namespace TensorWasm.Ptx.Tests.Passes;

/// <summary>
/// Loops run by an interpreter, with honest and with lying arguments: honest ones must run in the unfenced copy and
/// give the result computed here; lying ones must never leave the region, whichever copy they run in.
/// </summary>
public sealed class LoopVersioningTests
{
    private const ulong Base = 0x10_0000_0000;
    private const int Bytes = 1 << 16;

    private static readonly FenceOptions Options = FenceText.Constant with { RegionBits = 16, VersionLoops = true };

    /// <summary>out[i] = in[i] + 1 with a 32-bit index that is widened, as compilers write it.</summary>
    private const string Indexed = """
        ld.param.u64 %rd1, [src]; ld.param.u64 %rd2, [dst]; ld.param.u32 %r1, [n]; ld.param.u32 %r2, [i];
        $loop:
        mul.wide.s32 %rd3, %r2, 4; add.s64 %rd4, %rd1, %rd3; add.s64 %rd5, %rd2, %rd3;
        ld.global.u32 %r3, [%rd4]; add.s32 %r3, %r3, 1; st.global.u32 [%rd5], %r3;
        add.s32 %r2, %r2, 1; setp.lt.s32 %p1, %r2, %r1; @%p1 bra $loop; ret;
        """;

    /// <summary>The same as LLVM ends it: a branch out of the loop, and a jump back behind it.</summary>
    private static readonly string Left = Indexed.Replace(
        "setp.lt.s32 %p1, %r2, %r1; @%p1 bra $loop; ret;",
        "setp.ge.s32 %p1, %r2, %r1; @%p1 bra $leave; bra.uni $loop; $leave: ret;",
        StringComparison.Ordinal);

    /// <summary>The same with pointers that step, four elements at once, counting down to zero.</summary>
    private const string Stepped = """
        ld.param.u64 %rd1, [src]; ld.param.u64 %rd2, [dst]; ld.param.u32 %r1, [n];
        $loop:
        ld.global.u32 %r3, [%rd1]; ld.global.u32 %r4, [%rd1+4]; add.s32 %r3, %r3, 1; add.s32 %r4, %r4, 1;
        st.global.u32 [%rd2], %r3; st.global.u32 [%rd2+4], %r4;
        add.s64 %rd6, %rd1, 8; add.s64 %rd2, %rd2, 8; mov.u64 %rd1, %rd6;
        add.s32 %r1, %r1, -2; setp.ne.s32 %p1, %r1, 0; @%p1 bra $loop; ret;
        """;

    /// <summary>The same two at once, through a pointer to the second: aligned only together with the offset.</summary>
    private const string Centred = """
        ld.param.u64 %rd1, [src]; ld.param.u64 %rd2, [dst]; ld.param.u32 %r1, [n]; add.s64 %rd1, %rd1, 4;
        $loop:
        ld.global.u64 %rd3, [%rd1+-4]; add.s64 %rd3, %rd3, 0x100000001; st.global.u64 [%rd2], %rd3;
        add.s64 %rd1, %rd1, 8; add.s64 %rd2, %rd2, 8;
        add.s32 %r1, %r1, -2; setp.gt.s32 %p1, %r1, 0; @%p1 bra $loop; ret;
        """;

    /// <summary>The same with a 64-bit counter of bytes whose low half is compared.</summary>
    private const string Halved = """
        ld.param.u64 %rd1, [src]; ld.param.u64 %rd2, [dst]; ld.param.u32 %r1, [n]; shl.b32 %r1, %r1, 2; mov.u64 %rd3, 0;
        $loop:
        add.s64 %rd4, %rd1, %rd3; add.s64 %rd5, %rd2, %rd3;
        ld.global.u32 %r3, [%rd4]; add.s32 %r3, %r3, 1; st.global.u32 [%rd5], %r3;
        add.s64 %rd3, %rd3, 4; cvt.u32.u64 %r2, %rd3; setp.ne.s32 %p1, %r2, %r1; @%p1 bra $loop; ret;
        """;

    /// <summary>The same through shared memory, by an asynchronous copy.</summary>
    private const string Staged = """
        .shared .align 16 .b8 stage[64];
        ld.param.u64 %rd1, [src]; ld.param.u64 %rd2, [dst]; ld.param.u32 %r1, [n]; mov.u32 %r2, stage; mov.u32 %r4, 0;
        $loop:
        cp.async.ca.shared.global [%r2], [%rd1], 4; cp.async.wait_all;
        ld.shared.u32 %r3, [%r2]; add.s32 %r3, %r3, 1; st.global.u32 [%rd2], %r3;
        add.s64 %rd1, %rd1, 4; add.s64 %rd2, %rd2, 4; add.s32 %r4, %r4, 1; setp.lt.s32 %p1, %r4, %r1; @%p1 bra $loop; ret;
        """;

    /// <summary>A stride that is a parameter, as a column of a matrix has.</summary>
    private const string Strided = """
        ld.param.u64 %rd1, [src]; ld.param.u64 %rd2, [dst]; ld.param.u32 %r1, [n]; ld.param.u32 %r5, [i];
        mov.u32 %r2, 0; mov.u32 %r6, 0;
        $loop:
        mad.lo.s32 %r3, %r2, %r5, %r5; mul.wide.u32 %rd3, %r3, 4; add.s64 %rd4, %rd1, %rd3;
        ld.global.u32 %r4, [%rd4]; add.s32 %r6, %r6, %r4;
        add.s32 %r2, %r2, 1; setp.lt.u32 %p1, %r2, %r1; @%p1 bra $loop;
        st.global.u32 [%rd2], %r6; ret;
        """;

    private const string Parameters = ".param .u64 src, .param .u64 dst, .param .u32 n, .param .u32 i";

    private static Interpreter Run(string body, ulong src, ulong dst, uint n, uint i, FenceOptions? options = null, ulong until = 0)
    {
        FencedKernel kernel = FenceText.Kernel(body, options ?? Options, Parameters);
        var thread = new Interpreter(kernel.Kernel, Base, Bytes);
        thread.Parameters["src"] = src;
        thread.Parameters["dst"] = dst;
        thread.Parameters["n"] = n;
        thread.Parameters["i"] = i;
        thread.Parameters["__tw_status"] = Interpreter.StatusAddress;
        thread.Parameters["__tw_deadline"] = until;
        for (int k = 0; k < Bytes / 4; k++)
        {
            BitConverter.TryWriteBytes(thread.Region.AsSpan(k * 4), k * 3);
        }

        thread.Run();
        return thread;
    }

    /// <summary>An access to global memory that has no fence.</summary>
    private static bool IsFree(FenceNote note) => note.Action == FenceAction.Proven
        && note.Instruction.Contains(".global", StringComparison.Ordinal);

    private static int At(Interpreter thread, int offset) => BitConverter.ToInt32(thread.Region, offset);

    public static TheoryData<string> Copies => [Indexed, Left, Stepped, Centred, Halved, Staged];

    [Theory]
    [MemberData(nameof(Copies))]
    public void Honest_loops_run_unfenced_and_compute_the_same(string body)
    {
        Interpreter thread = Run(body, Base + 0x100, Base + 0x1000, 100, 0);
        Assert.Empty(thread.Violations);
        Assert.True(thread.FastSteps >= 400, $"{thread.FastSteps} steps in the unfenced copy");
        for (int k = 0; k < 100; k++)
        {
            Assert.Equal(((0x100 / 4) + k) * 3 + 1, At(thread, 0x1000 + (4 * k)));
        }

        Assert.Equal((0x1000 + 400) / 4 * 3, At(thread, 0x1000 + 400));
    }

    [Fact]
    public void A_stride_in_a_parameter_is_checked_at_run_time()
    {
        Interpreter thread = Run(Strided, Base, Base + 0x1000, 10, 7);
        Assert.Empty(thread.Violations);
        Assert.True(thread.FastSteps > 60);
        // Sum over k of 3 * (7k + 7), k = 0..9: 3 * 7 * 55.
        Assert.Equal(3 * 7 * 55, At(thread, 0x1000));
    }

    [Theory]
    [InlineData(Base, Base + 0x7FF0, 4u, 0u, true)]
    [InlineData(Base, Base + 0x7FF0, 5u, 0u, false)]
    [InlineData(Base + 0xFFF0, Base, 4u, 0u, true)]
    [InlineData(Base + 0xFFF0, Base, 5u, 0u, false)]
    [InlineData(Base, Base, 4u, 0xFFFFFFFFu, false)]
    [InlineData(Base + 4, Base + 4, 4u, 0xFFFFFFFFu, true)]
    [InlineData(Base + 2, Base, 4u, 0u, false)]
    public void The_unfenced_copy_runs_up_to_the_last_byte_and_no_further(ulong src, ulong dst, uint n, uint i, bool fast)
    {
        Interpreter thread = Run(Indexed, src, dst, n, i);
        Assert.Empty(thread.Violations);
        Assert.Equal(fast, thread.FastSteps > 0);
    }

    public static TheoryData<string> Bodies => [Indexed, Left, Stepped, Centred, Halved, Staged, Strided];

    [Theory]
    [MemberData(nameof(Bodies))]
    public void Lying_loops_never_leave_the_region(string body)
    {
        var random = new Random(20260);
        uint[] edges = [0, 1, 2, 3, 0x7FFF_FFFF, 0x8000_0000, 0xFFFF_FFFF, 0xFFFF_FFFE, 0x4000_0000, 100, 16384, 0x3FFF_FFFF];
        ulong[] addresses =
        [
            0, Base, Base - 4, Base + 0x7FFC, Base + 0x8000, Base + 0xFFFC, Base + 0x10000, ulong.MaxValue, ulong.MaxValue - 3,
            1UL << 63, (1UL << 61) - 1, Base - 0x1_0000_0000, Base + 0x1_0000_0000, Base + 2,
        ];
        foreach (FenceOptions options in (FenceOptions[])
            [Options, Options with { Deadline = DeadlineKind.GlobalTimer }, Options with { Mode = FenceMode.Check }])
        {
            FencedKernel kernel = FenceText.Kernel(body, options, Parameters);
            for (int round = 0; round < 400; round++)
            {
                var thread = new Interpreter(kernel.Kernel, Base, Bytes);
                ulong Address() => random.Next(3) == 0
                    ? Base + (ulong)random.Next(Bytes)
                    : addresses[random.Next(addresses.Length)] + (ulong)(random.Next(3) * 4);
                uint Count() => random.Next(3) == 0 ? (uint)random.Next() : edges[random.Next(edges.Length)];
                thread.Parameters["src"] = Address();
                thread.Parameters["dst"] = Address();
                thread.Parameters["n"] = Count();
                thread.Parameters["i"] = Count();
                thread.Parameters["__tw_status"] = Interpreter.StatusAddress;
                thread.Parameters["__tw_deadline"] = ulong.MaxValue;
                thread.Run(3_000);
                Assert.Empty(thread.Violations);
            }
        }
    }

    [Fact]
    public void Threads_of_a_warp_that_meet_agree_on_a_copy()
    {
        string code = string.Join('\n', FenceText.Code(FenceText.Kernel(
            Indexed.Replace("add.s32 %r2, %r2, 1;", "bar.sync 0; add.s32 %r2, %r2, 1;", StringComparison.Ordinal),
            Options, Parameters)));
        Assert.Contains("vote.sync.all.pred", code, StringComparison.Ordinal);
        Assert.DoesNotContain("bar.red", code, StringComparison.Ordinal);
    }

    [Fact]
    public void A_loop_that_changes_its_own_bound_keeps_its_fences()
    {
        FencedKernel kernel = FenceText.Kernel(
            Indexed.Replace("add.s32 %r3, %r3, 1;", "mov.u32 %r1, %r3;", StringComparison.Ordinal), Options, Parameters);
        Assert.Contains(kernel.Notes, note => note.Action == FenceAction.NotVersioned);
        Assert.DoesNotContain(kernel.Notes, IsFree);
    }

    [Fact]
    public void An_index_that_is_changed_under_a_condition_keeps_its_fences()
    {
        FencedKernel kernel = FenceText.Kernel(
            Indexed.Replace("add.s32 %r3, %r3, 1;", "@%p2 add.s32 %r2, %r2, 100;", StringComparison.Ordinal), Options, Parameters);
        Assert.DoesNotContain(kernel.Notes, IsFree);
    }

    [Fact]
    public void Kernels_of_Triton_are_versioned_and_verify()
    {
        Assert.SkipUnless(PtxCorpus.Triton is not null, "the shared Triton kernels are not on this machine");
        foreach (string path in PtxCorpus.Triton)
        {
            Assert.Empty(FenceText.Module(File.ReadAllText(path), Options with { RegionBits = 34 }).Diagnostics);
        }
    }
}
