using TensorWasm.Ptx.Fencing;
using TensorWasm.Ptx.Tests.TestSupport;

namespace TensorWasm.Ptx.Tests.Passes;

public sealed class DeadlineTests
{
    private static readonly FenceOptions Options =
        FenceText.Constant with { Deadline = DeadlineKind.GlobalTimer, PollInterval = 16 };

    private static (Interpreter Thread, bool Ended, FencedKernel Kernel) Run(
        string body, ulong deadline, uint n = 0, FenceOptions? options = null)
    {
        FencedKernel kernel = FenceText.Kernel(body, options ?? Options, ".param .u32 n");
        ulong now = 0;
        var thread = new Interpreter(kernel.Kernel, 0x10_0000_0000, 1 << 16) { Timer = () => now++ };
        thread.Parameters["n"] = n;
        thread.Parameters["__tw_status"] = Interpreter.StatusAddress;
        thread.Parameters["__tw_deadline"] = deadline;
        return (thread, thread.Run(), kernel);
    }

    private static uint Code(Interpreter thread) => BitConverter.ToUInt32(thread.Status);

    [Theory]
    [InlineData("$l: bra $l;")]
    [InlineData("mov.u32 %r1, 0; $l: add.s32 %r1, %r1, 1; bra $l;")]
    [InlineData("mov.u32 %r1, 0; $l: add.s32 %r1, %r1, 2; setp.ne.s32 %p1, %r1, 7; @%p1 bra $l; ret;")]
    [InlineData("mov.u32 %r1, 0; $l: add.s32 %r1, %r1, 0; setp.lt.s32 %p1, %r1, 7; @%p1 bra $l; ret;")]
    [InlineData("mov.u32 %r1, 0; $l: add.s32 %r1, %r1, -1; setp.lt.s32 %p1, %r1, 7; @%p1 bra $l; ret;")]
    [InlineData("mov.u64 %rd1, 0; $l: add.s64 %rd1, %rd1, 3; setp.lt.u64 %p1, %rd1, -1; @%p1 bra $l; ret;")]
    [InlineData("mov.u32 %r1, 0; $l: add.s32 %r1, %r1, 1; setp.le.s32 %p1, %r1, 0x7fffffff; @%p1 bra $l; ret;")]
    [InlineData("mov.u32 %r1, 0; $l: add.s32 %r1, %r1, 1; and.b32 %r2, %r1, 1; setp.eq.s32 %p1, %r2, 0; @%p1 bra $l; bra $l;")]
    [InlineData("$o: mov.u32 %r1, 0; $l: add.s32 %r1, %r1, 1; setp.lt.s32 %p1, %r1, 9; @%p1 bra $l; bra $o;")]
    [InlineData("setp.eq.u32 %p1, %r9, 0; @%p1 bra $b; $a: bra $b; $b: bra $a;")]
    [InlineData("mov.u32 %r1, 1; bra $b; $t: .branchtargets $a, $b; $a: ret; $b: brx.idx %r1, $t;")]
    public void Endless_loops_of_every_form_are_stopped(string body)
    {
        (Interpreter thread, bool ended, _) = Run(body, deadline: 20);
        Assert.True(ended, "the interpreter ran out of steps");
        Assert.Equal(FenceStatus.DeadlineExceeded, Code(thread));
        // Sixteen iterations between looks, twenty looks, and up to 64 instructions each, short inner loops included.
        Assert.InRange(thread.Steps, 20, 20 * 16 * 64);
    }

    [Theory]
    [InlineData("lt", 1, 0, 1000, 1000)]
    [InlineData("le", 1, 0, 1000, 1001)]
    [InlineData("lt", 7, 0, 1000, 143)]
    [InlineData("ne", 4, 0, 1000, 250)]
    [InlineData("gt", -1, 1000, 0, 1000)]
    [InlineData("ge", -3, 1000, 0, 334)]
    [InlineData("lt", 1, 5, 3, 1)]
    [InlineData("ne", -5, 1000, 0, 200)]
    public void Strips_keep_the_number_of_iterations(string comparison, int step, int start, int bound, int iterations)
    {
        // Iterations by hand: one, and one more for each value start + t*step (t from 1) that still compares.
        string body = $"""
            ld.param.u32 %r9, [n]; mov.u32 %r1, {start}; mov.u32 %r2, 0;
            $l: add.s32 %r2, %r2, 1; add.s32 %r1, %r1, {step}; setp.{comparison}.s32 %p1, %r1, %r9; @%p1 bra $l;
            setp.ne.s32 %p2, %r2, {iterations}; @%p2 trap; ret;
            """;
        (Interpreter thread, bool ended, FencedKernel kernel) = Run(body, ulong.MaxValue, (uint)bound);
        Assert.True(ended);
        Assert.Equal(0u, Code(thread));
        Assert.Contains(kernel.Notes, note => note.Action == FenceAction.Polled
            && note.Reason.Contains("strips", StringComparison.Ordinal));
    }

    [Fact]
    public void An_iteration_of_a_strip_costs_nothing_more()
    {
        const string Body = "ld.param.u32 %r9, [n]; mov.u32 %r1, 0; $l: add.s32 %r1, %r1, 1; setp.lt.s32 %p1, %r1, %r9; @%p1 bra $l; ret;";
        int Steps(uint n) => Run(Body, ulong.MaxValue, n, Options with { PollInterval = 1 << 20 }).Thread.Steps;
        // add, setp (the author's, which nothing uses any more), setp, bra.
        Assert.Equal(4 * 10_000, Steps(20_000) - Steps(10_000));
    }

    [Fact]
    public void A_counter_that_begins_far_from_its_variable_is_not_short()
    {
        FencedKernel kernel = FenceText.Kernel(
            "mov.u32 %r1, 0; $l: add.s32 %r1, %r1, 1; add.s32 %r2, %r1, -1000000000; setp.lt.s32 %p1, %r2, 32; @%p1 bra $l; ret;",
            Options);
        Assert.Contains(kernel.Notes, note => note.Action == FenceAction.Polled);
        Assert.DoesNotContain(kernel.Notes, note => note.Action == FenceAction.Short);
    }

    [Fact]
    public void Short_constant_loops_are_not_polled()
    {
        FencedKernel kernel = FenceText.Kernel(
            "mov.u32 %r1, 0; $l: add.s32 %r1, %r1, 1; setp.lt.s32 %p1, %r1, 32; @%p1 bra $l; ret;", Options);
        Assert.Contains(kernel.Notes, note => note.Action == FenceAction.Short);
        Assert.DoesNotContain(kernel.Notes, note => note.Action == FenceAction.Polled);
    }

    [Fact]
    public void A_flag_can_stand_for_the_timer_and_the_entry_can_be_polled()
    {
        FencedKernel kernel = FenceText.Kernel("ret;", Options with { Deadline = DeadlineKind.Flag });
        Assert.Equal([HiddenParameter.Deadline, HiddenParameter.Status], kernel.HiddenParameters);
        Assert.Contains("ld.volatile.global.u32 %tw_flag, [%tw_deadline];", FenceText.Code(kernel));
    }

    [Fact]
    public void The_status_says_where_the_thread_was()
    {
        (Interpreter thread, _, _) = Run("\n\n$l: bra $l;", deadline: 5);
        // Header 3 lines, blank, entry, brace, registers 2 lines, two blank lines: line 11.
        Assert.Equal(11u, BitConverter.ToUInt32(thread.Status, FenceStatus.LineOffset));
    }
}
