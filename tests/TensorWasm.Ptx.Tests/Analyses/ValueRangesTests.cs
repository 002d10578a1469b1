using TensorWasm.Ptx.Analyses;
using TensorWasm.Ptx.Fencing;
using TensorWasm.Ptx.Ir;
using TensorWasm.Ptx.Passes;
using TensorWasm.Ptx.Tests.TestSupport;

namespace TensorWasm.Ptx.Tests.Analyses;

/// <summary>Bounds that follow from the code by hand: pipelines of compilers, and what only looks like one.</summary>
public sealed class ValueRangesTests
{
    /// <summary>A pipeline of three stages as compilers write it: the stage before the first one is -1.</summary>
    private const string Stages = """
        mov.u32 %r1, -1; mov.u32 %r9, 0; mov.u32 %r3, smem;
        $l: add.s32 %r2, %r1, 1; setp.gt.s32 %p1, %r2, 2; selp.b32 %r1, 0, %r2, %p1;
        shl.b32 %r4, %r1, 14; add.s32 %r5, %r3, %r4;
        shr.u32 %r6, %r5, 4; and.b32 %r7, %r6, 16383; cvt.u64.u32 %rd1, %r7;
        or.b64 %rd2, %rd1, 0x4000004000010000; add.s64 %rd3, %rd1, 0x4000004000010006;
        add.s32 %r8, %r5, 49152; bfe.u32 %r10, %r8, 4, 14;
        add.s32 %r9, %r9, 1; setp.lt.s32 %p2, %r9, 100; @%p2 bra $l; ret;
        """;

    [Fact]
    public void A_pipelines_stage_goes_round()
    {
        (Kernel kernel, ValueRanges ranges) = Analyse(Stages);
        Assert.Equal((-1, 2), Bounds(kernel, ranges, "%r1"));
        Assert.Equal((0, 3), Bounds(kernel, ranges, "%r2"));
        Assert.Equal((0, 2 << 14), Bounds(kernel, ranges, "%r4"));
        Assert.Equal((0, 2 << 14), Bounds(kernel, ranges, "%r5"));
        Assert.Equal("smem", ranges.Of(Register(kernel, "%r5"))!.Value.Variable!.Name);
    }

    [Fact]
    public void A_counter_without_a_way_back_has_no_bounds()
    {
        (Kernel kernel, ValueRanges ranges) = Analyse(Stages);
        Assert.Null(ranges.Of(Register(kernel, "%r9")));
    }

    [Fact]
    public void Descriptors_start_where_their_low_bits_say()
    {
        (Kernel kernel, ValueRanges ranges) = Analyse(Stages);
        ValueRange start = ranges.StartOf(Register(kernel, "%rd2"))!.Value;
        Assert.Equal((0, 2048, true), (start.Low, start.High, start.InUnits));
        ValueRange step = ranges.StartOf(Register(kernel, "%rd3"))!.Value;
        Assert.Equal((6, 2054, true), (step.Low, step.High, step.InUnits));

        // It keeps 14 bits of (address >> 4): true while the byte after the highest unit is still in memory.
        Assert.Equal(2055 * 16, step.Needs);
        ValueRange field = ranges.Of(Register(kernel, "%r10"))!.Value;
        Assert.Equal((3072, 5120, 5121 * 16), (field.Low, field.High, field.Needs));
    }

    [Theory]
    [InlineData("or.b64 %rd2, %rd1, 0x4000004000010001;")] // an or of start bits is no sum
    [InlineData("mul.lo.u64 %rd2, %rd1, 3;")]
    [InlineData("@%p1 or.b64 %rd2, %rd1, 0x4000004000010000;")]
    public void Other_descriptors_are_unknown(string definition)
    {
        (Kernel kernel, ValueRanges ranges) = Analyse(
            $"mov.u32 %r5, smem; shr.u32 %r6, %r5, 4; cvt.u64.u32 %rd1, %r6; setp.eq.u32 %p1, %r6, 7; {definition} ret;");
        Assert.Null(ranges.StartOf(Register(kernel, "%rd2")));
    }

    private static (Kernel Kernel, ValueRanges Ranges) Analyse(string body)
    {
        Kernel kernel = PtxText.Kernel(body, globals: ".extern .shared .align 16 .b8 smem[];");
        MergeVariables.Run(kernel, PtxLimits.Default);
        InitializeRegisters.Run(new PassContext(kernel, new FenceOptions(), PtxLimits.Default));
        return (kernel, ValueRanges.Of(kernel));
    }

    private static Register Register(Kernel kernel, string name) => kernel.Registers.Single(r => r.Name == name);

    private static (long Low, long High) Bounds(Kernel kernel, ValueRanges ranges, string name) =>
        ranges.Of(Register(kernel, name)) is { } range ? (range.Low, range.High) : throw new InvalidOperationException(name);
}
