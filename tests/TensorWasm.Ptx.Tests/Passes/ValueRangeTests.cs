using System.Globalization;
using System.Text;
using TensorWasm.Ptx.Fencing;
using TensorWasm.Ptx.Tests.TestSupport;

namespace TensorWasm.Ptx.Tests.Passes;

/// <summary>
/// Shared accesses whose index is bounded need no fence. That the bounds are right is shown by an interpreter that
/// runs expressions made at random for every thread of the block.
/// </summary>
public sealed class ValueRangeTests
{
    private const int Threads = 256;
    private const string Parameters = ".param .u32 n";

    private static readonly FenceOptions Options = FenceText.Constant with { RegionBits = 16 };

    private static FencedKernel Kernel(string index, string access, int bytes) => FenceText.Kernel(
        $".shared .align 16 .b8 tile[{bytes}];\nmov.u32 %r1, %tid.x; ld.param.u32 %r2, [n];\n{index}\n{access} ret;",
        Options, Parameters, directives: $".maxntid {Threads}, 1, 1");

    private static bool IsProven(FencedKernel kernel) =>
        kernel.Notes.Single(note => note.Instruction.Contains(".shared", StringComparison.Ordinal)).Action == FenceAction.Proven;

    /// <summary>tile[row][lane] of 8 rows of 33 words: the last byte is 4 * (7 * 33 + 31) + 3 = 1051.</summary>
    private const string Padded = """
        and.b32 %r3, %r1, 31; shr.u32 %r4, %r1, 5; mad.lo.s32 %r5, %r4, 33, %r3; mul.wide.u32 %rd1, %r5, 4;
        mov.u64 %rd2, tile; add.s64 %rd3, %rd2, %rd1;
        """;

    [Theory]
    [InlineData(Padded, "st.shared.u32 [%rd3], %r1;", 1056, true)]
    [InlineData(Padded, "st.shared.u32 [%rd3+4], %r1;", 1056, true)]
    [InlineData(Padded, "st.shared.u32 [%rd3+8], %r1;", 1056, false)]
    [InlineData(Padded, "st.shared.u32 [%rd3+-4], %r1;", 1056, false)]
    [InlineData(Padded, "st.shared.u32 [%rd3], %r1;", 1040, false)]
    [InlineData(Padded, "st.shared.u64 [%rd3], %rd1;", 1088, false)]
    [InlineData("mov.u32 %r6, tile; add.s32 %r3, %r6, %r2;", "st.shared.u8 [%r3], %r1;", 4096, false)]
    [InlineData("and.b32 %r4, %r2, 255; shl.b32 %r5, %r4, 2; mov.u32 %r6, tile; add.s32 %r3, %r6, %r5;",
        "atom.shared.add.u32 %r9, [%r3], 1;", 1024, true)]
    [InlineData("and.b32 %r4, %r2, 255; shl.b32 %r5, %r4, 2; mov.u32 %r6, tile; add.s32 %r3, %r6, %r5;",
        "atom.shared.add.u32 %r9, [%r3], 1;", 1008, false)]
    [InlineData("mul.lo.u32 %r4, %r1, 0x10000000; mov.u32 %r6, tile; add.s32 %r3, %r6, %r4;",
        "st.shared.u8 [%r3], %r1;", 4096, false)]
    [InlineData("sub.s32 %r4, 0, %r1; mov.u32 %r6, tile; add.s32 %r3, %r6, %r4;", "st.shared.u8 [%r3], %r1;", 4096, false)]
    public void Bounded_indices_are_left_alone_and_others_fenced(string index, string access, int bytes, bool proven) =>
        Assert.Equal(proven, IsProven(Kernel(index, access, bytes)));

    [Fact]
    public void An_index_that_grows_in_a_loop_is_fenced() => Assert.False(IsProven(FenceText.Kernel(
        """
        .shared .align 16 .b8 tile[4096]; ld.param.u32 %r2, [n]; mov.u32 %r4, 0; mov.u32 %r3, tile;
        $loop: add.s32 %r5, %r3, %r4; st.shared.u8 [%r5], %r4; add.s32 %r4, %r4, 1;
        setp.lt.u32 %p1, %r4, %r2; @%p1 bra $loop; ret;
        """,
        Options, Parameters)));

    [Fact]
    public void Blocks_may_have_as_many_threads_as_the_kernel_allows() => Assert.False(IsProven(FenceText.Kernel(
        ".shared .align 16 .b8 tile[512]; mov.u32 %r1, %tid.x; mov.u32 %r2, tile; add.s32 %r3, %r2, %r1; st.shared.u8 [%r3], 0; ret;",
        Options, Parameters)));

    [Fact]
    public void What_is_proven_never_leaves_the_array()
    {
        var random = new Random(20261121);
        int proven = 0;
        for (int round = 0; round < 3_000; round++)
        {
            FencedKernel kernel = Kernel(Expression(random), "st.shared.u32 [%r200], %r1;", 64 << random.Next(8));
            if (!IsProven(kernel))
            {
                continue;
            }

            proven++;
            for (uint thread = 0; thread < Threads; thread += 1 + (uint)random.Next(40))
            {
                var run = new Interpreter(kernel.Kernel, 0x10_0000_0000, 1 << 16) { Thread = thread };
                run.Parameters["n"] = (uint)random.NextInt64(1L << 32);
                run.Run();
                Assert.Empty(run.Violations);
            }
        }

        Assert.True(proven > 100, $"{proven} of the expressions were proven");
    }

    /// <summary>A chain of operations on the thread's number, the parameter and constants, made an address at its end.</summary>
    private static string Expression(Random random)
    {
        var text = new StringBuilder();
        int next = 10;
        string Any() => random.Next(5) switch
        {
            0 => "%r1",
            1 => "%r2",
            _ => next == 10 ? "%r1" : $"%r{random.Next(10, next)}",
        };
        string Constant() => random.Next(8) switch
        {
            0 => "-4",
            1 => "0x40000000",
            2 => "0xFFFFFFFF",
            _ => random.Next(1, 64).ToString(CultureInfo.InvariantCulture),
        };
        string AnyOrConstant() => random.Next(2) == 0 ? Any() : Constant();
        int steps = random.Next(2, 7);
        for (int i = 0; i < steps; i++)
        {
            string operation = random.Next(13) switch
            {
                0 => $"add.s32 %r{next}, {Any()}, {AnyOrConstant()};",
                1 => $"and.b32 %r{next}, {Any()}, {random.Next(1, 512)};",
                2 => $"and.b32 %r{next}, %r2, {random.Next(1, 256)};",
                3 => $"shr.u32 %r{next}, {Any()}, {random.Next(0, 31)};",
                4 => $"shl.b32 %r{next}, {Any()}, {random.Next(0, 8)};",
                5 => $"mul.lo.u32 %r{next}, {Any()}, {AnyOrConstant()};",
                6 => $"mad.lo.s32 %r{next}, {Any()}, {Constant()}, {Any()};",
                7 => $"or.b32 %r{next}, {Any()}, {AnyOrConstant()};",
                8 => $"xor.b32 %r{next}, {Any()}, {AnyOrConstant()};",
                9 => $"min.u32 %r{next}, {Any()}, {AnyOrConstant()};",
                10 => $"setp.lt.u32 %p1, {Any()}, {Any()}; selp.b32 %r{next}, {Any()}, {AnyOrConstant()}, %p1;",
                11 => $"cvt.u64.u32 %rd1, {Any()}; cvt.u32.u64 %r{next}, %rd1;",
                _ => $"sub.s32 %r{next}, {Any()}, {AnyOrConstant()};",
            };
            text.Append(operation).Append('\n');
            next++;
        }

        string join = random.Next(3) == 0 ? "or.b32" : "add.s32";
        return text.Append(
            CultureInfo.InvariantCulture,
            $"shl.b32 %r201, %r{next - 1}, 2; mov.u32 %r202, tile+{4 * random.Next(4)}; {join} %r200, %r202, %r201;").ToString();
    }
}
