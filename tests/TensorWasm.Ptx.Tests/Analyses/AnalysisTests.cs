using TensorWasm.Ptx.Analyses;
using TensorWasm.Ptx.Ir;
using TensorWasm.Ptx.Tests.TestSupport;

namespace TensorWasm.Ptx.Tests.Analyses;

public sealed class AnalysisTests
{
    /// <summary>A diamond with a loop around it: entry, head, left, right, join, end.</summary>
    private const string Diamond = """
        $head: setp.lt.s32 %p1, %r1, 5; @%p1 bra $right;
        add.s32 %r2, %r2, 1; bra $join;
        $right: add.s32 %r2, %r2, 2;
        $join: add.s32 %r1, %r1, 1; setp.lt.s32 %p2, %r1, 100; @%p2 bra $head;
        ret;
        """;

    private static (Kernel Kernel, ControlFlowGraph Graph, Dominators Dominators, LoopForest Loops) Analyse(string body)
    {
        Kernel kernel = PtxText.Kernel(body);
        ControlFlowGraph graph = ControlFlowGraph.Of(kernel);
        Dominators dominators = Dominators.Of(graph);
        LoopForest loops = LoopForest.Of(graph, dominators);
        graph.Verify();
        dominators.Verify();
        loops.Verify();
        return (kernel, graph, dominators, loops);
    }

    private static int Find(Kernel kernel, string label) =>
        kernel.Blocks.Select((block, index) => (block, index)).First(pair => pair.block.Label.Name == label).index;

    [Fact]
    public void A_diamond_is_dominated_by_its_head_and_not_by_its_arms()
    {
        (Kernel kernel, _, Dominators dominators, LoopForest loops) = Analyse(Diamond);
        int head = Find(kernel, "$head");
        int join = Find(kernel, "$join");
        int right = Find(kernel, "$right");
        Assert.Equal(head, dominators.Immediate(join));
        Assert.True(dominators.Dominates(head, join));
        Assert.False(dominators.Dominates(right, join));
        Assert.True(dominators.Dominates(join, join));
        Loop loop = Assert.Single(loops.Loops);
        Assert.Equal(head, loop.Header);
        Assert.Equal([join], loop.Latches);
        Assert.Equal(4, loop.Blocks.Count);
        Assert.True(loop.IsInnermost);
    }

    [Fact]
    public void Nested_loops_are_told_apart()
    {
        (Kernel kernel, _, _, LoopForest loops) = Analyse("""
            $outer: mov.u32 %r2, 0;
            $inner: add.s32 %r2, %r2, 1; setp.lt.s32 %p1, %r2, 9; @%p1 bra $inner;
            add.s32 %r1, %r1, 1; setp.lt.s32 %p2, %r1, 9; @%p2 bra $outer; ret;
            """);
        Assert.Equal([Find(kernel, "$inner"), Find(kernel, "$outer")], loops.Loops.Select(loop => loop.Header));
        Assert.Equal([true, false], loops.Loops.Select(loop => loop.IsInnermost));
    }

    [Fact]
    public void A_cycle_with_two_entries_is_no_natural_loop()
    {
        (_, ControlFlowGraph graph, _, LoopForest loops) = Analyse(
            "setp.eq.u32 %p1, %r1, 0; @%p1 bra $b; $a: add.s32 %r1, %r1, 1; $b: add.s32 %r1, %r1, 2; bra $a;");
        Assert.Empty(loops.Loops);
        Assert.Contains(graph.Order, from => graph.Successors(from).Any(to => graph.IsRetreating(from, to)));
    }

    [Fact]
    public void Analyses_print()
    {
        (Kernel kernel, ControlFlowGraph graph, Dominators dominators, LoopForest loops) = Analyse(Diamond);
        Assert.Contains("$join -> ", graph.ToString(), StringComparison.Ordinal);
        Assert.Contains("$join after $head", dominators.ToString(), StringComparison.Ordinal);
        Assert.Equal("loop at $head: 4 blocks, innermost\n", loops.ToString());
        Assert.Contains("%r1: known", RegisterBits.Of(kernel).ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void Known_bits_hold_for_every_value_they_describe()
    {
        // Exhaustive over 4-bit values: each abstract result must describe each concrete one.
        const ulong Low = 15;
        foreach (KnownBits a in AllOfFourBits())
        {
            foreach (KnownBits b in AllOfFourBits())
            {
                foreach (ulong x in Values(a))
                {
                    foreach (ulong y in Values(b))
                    {
                        Assert.True(Describes(KnownBits.Add(a, b), (x + y) & Low, Low));
                        Assert.True(Describes(KnownBits.And(a, b), x & y, Low));
                        Assert.True(Describes(KnownBits.Or(a, b), x | y, Low));
                        Assert.True(Describes(KnownBits.Xor(a, b), x ^ y, Low));
                        Assert.True(Describes(a.Meet(b), x, Low) && Describes(a.Meet(b), y, Low));
                    }
                }
            }
        }
    }

    private static bool Describes(KnownBits bits, ulong value, ulong within) => ((bits.Value ^ value) & bits.Mask & within) == 0;

    private static IEnumerable<KnownBits> AllOfFourBits()
    {
        for (ulong mask = 0; mask < 16; mask++)
        {
            for (ulong value = 0; value < 16; value++)
            {
                if ((value & ~mask) == 0)
                {
                    yield return new KnownBits(mask | ~15UL, value);
                }
            }
        }
    }

    private static IEnumerable<ulong> Values(KnownBits bits) =>
        Enumerable.Range(0, 16).Select(value => (ulong)value).Where(value => Describes(bits, value, 15));

    [Theory]
    [InlineData("and.b32 %r2, %r1, 16383; cvt.u64.u32 %rd1, %r2; or.b64 %rd1, %rd1, 4611686293305294848;", 0xC000L)]
    public void Layout_fields_of_a_descriptor_are_found(string body, long unknownBesides)
    {
        // 4611686293305294848 = 2^62 + 64 * 2^32: 128-byte swizzle, a stride of 64 units; the start is in the low 14 bits.
        Kernel kernel = PtxText.Kernel(
            body.Replace("or.b64 %rd1, %rd1", "or.b64 %rd2, %rd1", StringComparison.Ordinal) + " st.global.u64 [%rd2], %rd2; ret;");
        KnownBits bits = RegisterBits.Of(kernel).Of(kernel.Registers.Single(r => r.Name == "%rd2"));
        Assert.Equal(0x4000_0040_0000_0000UL, bits.Value);
        Assert.Equal(~0x3FFFUL, bits.Mask);
        Assert.Equal(0xC000L, unknownBesides & (long)bits.Mask);
    }
}
