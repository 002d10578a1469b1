using TensorWasm.Ptx.Fencing;
using TensorWasm.Ptx.Ir;
using TensorWasm.Ptx.Tests.TestSupport;

namespace TensorWasm.Ptx.Tests.Passes;

/// <summary>
/// Kernels that try to make an analysis believe what is not so: that a value is the same in each iteration, that it
/// steps evenly, that a loop is short. The interpreter sees what they then do.
/// </summary>
public sealed class ForgedProofTests
{
    private const ulong Base = 0x10_0000_0000;
    private const int Bytes = 1 << 16;
    private const string Parameters = ".param .u64 p, .param .u64 q, .param .u32 n";

    private static readonly FenceOptions Options = FenceText.Constant with { RegionBits = 16, VersionLoops = true };

    private static Interpreter Thread(FencedKernel kernel, ulong p, ulong q, uint n, ulong deadline = ulong.MaxValue)
    {
        ulong clock = 0;
        ulong now = 0;
        var thread = new Interpreter(kernel.Kernel, Base, Bytes) { Clock = () => clock++, Timer = () => now++ };
        thread.Parameters["p"] = p;
        thread.Parameters["q"] = q;
        thread.Parameters["n"] = n;
        thread.Parameters["__tw_status"] = Interpreter.StatusAddress;
        thread.Parameters["__tw_deadline"] = deadline;
        return thread;
    }

    public static TheoryData<string, string, ulong, ulong, uint> Escapes => new()
    {
        {
            "a clock is no invariant",
            """
            ld.param.u64 %rd1, [p]; ld.param.u32 %r1, [n]; mov.u32 %r2, 0;
            $l: mov.u64 %rd2, %clock64; shl.b64 %rd4, %rd2, 20; add.s64 %rd3, %rd1, %rd4; st.global.u32 [%rd3], 7;
            add.s32 %r2, %r2, 1; setp.lt.s32 %p1, %r2, %r1; @%p1 bra $l; ret;
            """,
            Base + 64, 0, 9
        },
        {
            "an unsigned bound above 2^63 is not a negative one",
            """
            ld.param.u64 %rd1, [p]; ld.param.u64 %rd2, [q]; mov.u64 %rd3, 10;
            $l: st.global.u32 [%rd1], 7; add.s64 %rd1, %rd1, 4;
            add.s64 %rd3, %rd3, 1; setp.lt.u64 %p1, %rd3, %rd2; @%p1 bra $l; ret;
            """,
            Base + 0x7F00, unchecked((ulong)-5L), 0
        },
        {
            "two halves added at once do not carry: the counter",
            """
            ld.param.u64 %rd1, [p]; ld.param.u32 %r1, [n]; mov.u32 %r2, 0xFFF0;
            $l: st.global.u32 [%rd1], 7; add.s64 %rd1, %rd1, 4;
            add.u16x2 %r2, %r2, 1; setp.ne.u32 %p1, %r2, %r1; @%p1 bra $l; ret;
            """,
            Base + 0x7F00, 0, 0x10000
        },
        {
            "two halves added at once do not carry: the index",
            """
            ld.param.u64 %rd1, [p]; ld.param.u32 %r1, [n]; mov.u32 %r2, 0; mov.u32 %r3, 0xFFF0;
            $l: mul.wide.u32 %rd2, %r3, 1; add.s64 %rd3, %rd1, %rd2; st.global.u8 [%rd3], 7;
            add.u16x2 %r3, %r3, 1; add.s32 %r2, %r2, 1; setp.lt.s32 %p1, %r2, %r1; @%p1 bra $l; ret;
            """,
            Base - 0xFFF0, 0, 64
        },
        {
            "the low half in a wide register wraps before the register does",
            """
            ld.param.u64 %rd1, [p]; ld.param.u64 %rd2, [q]; ld.param.u32 %r1, [n]; mov.u32 %r2, 0;
            $l: cvt.u32.u64 %rd3, %rd2; add.s64 %rd4, %rd1, %rd3; st.global.u8 [%rd4], 7;
            add.s64 %rd2, %rd2, 1; add.s32 %r2, %r2, 1; setp.lt.s32 %p1, %r2, %r1; @%p1 bra $l; ret;
            """,
            Base - 0xFFFF_FFF0, 0xFFFF_FFF0, 64
        },
        {
            "offsets at the ends of their type",
            """
            ld.param.u64 %rd1, [p]; ld.param.u32 %r1, [n]; mov.u32 %r2, 0;
            $l: st.global.u8 [%rd1+2147483647], 7; st.global.u8 [%rd1+-2147483648], 7; add.s64 %rd1, %rd1, -2147483646;
            add.s32 %r2, %r2, 1; setp.lt.s32 %p1, %r2, %r1; @%p1 bra $l; ret;
            """,
            Base, 0, 0x7FFF_FFFF
        },
        {
            "a signed byte in a register is no small number",
            """
            .shared .align 16 .b8 tile[1024]; ld.param.u32 %r1, [n]; mov.u32 %r3, tile;
            cvt.s8.u32 %r2, %r1; add.s32 %r4, %r3, %r2; st.shared.u8 [%r4], 7; ret;
            """,
            0, 0, 0x80
        },
        {
            "two halves of an index",
            """
            .shared .align 16 .b8 tile[1024]; mov.u32 %r1, 0xFFFF; add.u16x2 %r2, %r1, 1; add.s32 %r5, %r2, -65536;
            mov.u32 %r3, tile; add.s32 %r4, %r3, %r5; st.shared.u8 [%r4], 7; ret;
            """,
            0, 0, 0
        },
        {
            "the smaller half of two",
            """
            .shared .align 16 .b8 tile[1024]; mov.u32 %r1, 0x10000; mov.u32 %r2, 0xFFFF; min.u16x2 %r6, %r1, %r2;
            add.s32 %r5, %r6, -65535; mov.u32 %r3, tile; add.s32 %r4, %r3, %r5; st.shared.u8 [%r4], 7; ret;
            """,
            0, 0, 0
        },
        {
            "a stage that is changed after it was compared",
            """
            .shared .align 16 .b8 tile[1024]; mov.u32 %r1, 0; mov.u32 %r9, 0; mov.u32 %r3, tile;
            $l: add.s32 %r2, %r1, 1; setp.gt.s32 %p1, %r2, 2; add.s32 %r2, %r2, 5000; selp.b32 %r1, 0, %r2, %p1;
            add.s32 %r4, %r3, %r1; st.shared.u8 [%r4], 7;
            add.s32 %r9, %r9, 1; setp.lt.s32 %p2, %r9, 4; @%p2 bra $l; ret;
            """,
            0, 0, 0
        },
        {
            "a stage that never goes back to zero",
            """
            .shared .align 16 .b8 tile[1024]; mov.u32 %r1, 0; mov.u32 %r3, tile;
            $l: add.s32 %r4, %r3, %r1; st.shared.u8 [%r4], 7; add.s32 %r1, %r1, 1;
            setp.lt.s32 %p2, %r1, 1500; @%p2 bra $l; ret;
            """,
            0, 0, 0
        },
        {
            "a stage that goes on where it should go back",
            """
            .shared .align 16 .b8 tile[1024]; mov.u32 %r1, 5000; mov.u32 %r9, 0; mov.u32 %r3, tile;
            $l: add.s32 %r2, %r1, 1; setp.gt.s32 %p1, %r2, 2; selp.b32 %r1, %r2, 0, %p1;
            add.s32 %r4, %r3, %r1; st.shared.u8 [%r4], 7;
            add.s32 %r9, %r9, 1; setp.lt.s32 %p2, %r9, 4; @%p2 bra $l; ret;
            """,
            0, 0, 0
        },
        {
            "a stage below zero",
            """
            .shared .align 16 .b8 tile[1024]; mov.u32 %r1, -5; setp.lt.s32 %p1, %r1, 3; selp.b32 %r2, %r1, 0, %p1; mov.u32 %r3, tile;
            add.s32 %r4, %r3, %r2; st.shared.u8 [%r4], 7; ret;
            """,
            0, 0, 0
        },
        {
            "an index that one side of a condition sets",
            """
            .shared .align 16 .b8 tile[1024]; mov.u32 %r1, 0; mov.u32 %r2, %tid.x; setp.lt.s32 %p1, %r2, 4096; @%p1 mov.u32 %r1, 5000;
            mov.u32 %r3, tile; add.s32 %r4, %r3, %r1; st.shared.u8 [%r4], 7; ret;
            """,
            0, 0, 0
        },
        {
            "an index of the iteration before",
            """
            .shared .align 16 .b8 tile[1024]; mov.u32 %r1, 0; mov.u32 %r9, 0; mov.u32 %r3, tile;
            $l: add.s32 %r4, %r3, %r1; st.shared.u8 [%r4], 7; mov.u32 %r1, 5000; setp.gt.s32 %p1, %r1, 9000;
            add.s32 %r9, %r9, 1; setp.lt.s32 %p2, %r9, 4; @%p2 bra $l; selp.b32 %r1, %r1, 0, %p1; ret;
            """,
            0, 0, 0
        },
        {
            "a wide addend is not read as a narrow one",
            """
            .shared .align 16 .b8 tile[1024]; mov.u32 %r1, 1; mad.wide.u32 %rd1, %r1, 4, 0x700000000; mov.u64 %rd2, tile;
            add.s64 %rd3, %rd2, %rd1; ld.shared.u32 %r4, [%rd3]; ret;
            """,
            0, 0, 0
        },
    };

    [Theory]
    [MemberData(nameof(Escapes))]
    public void No_forged_proof_leads_out(string name, string body, ulong p, ulong q, uint n)
    {
        foreach (FenceMode mode in (FenceMode[])[FenceMode.Fence, FenceMode.Check])
        {
            FencedKernel kernel = FenceText.Kernel(body, Options with { Mode = mode }, Parameters);
            Interpreter thread = Thread(kernel, p, q, n);
            thread.Run(20_000);
            Assert.True(thread.Violations.Count == 0, $"{name}: {thread.Violations.FirstOrDefault()}");
        }
    }

    /// <summary>Loops made at random of what the analyses follow, with arguments at the edges of their types.</summary>
    [Fact]
    public void Loops_made_at_random_stay_inside()
    {
        var random = new Random(20261121);
        int fast = 0;
        for (int round = 0; round < 400; round++)
        {
            string body = RandomLoop(random);
            FencedKernel kernel = FenceText.Kernel(body, Options with { VerifyOutput = false }, Parameters);
            for (int run = 0; run < 12; run++)
            {
                ulong Address() => Base + (ulong)random.Next(-64, Bytes + 64);
                ulong Wide() => random.Next(3) switch
                {
                    0 => Address(),
                    1 => (ulong)random.NextInt64() >> random.Next(64),
                    _ => (ulong)-random.NextInt64(1L << random.Next(1, 40)),
                };
                uint n = random.Next(2) == 0 ? (uint)random.Next(100) : (uint)(Wide() >> random.Next(32));
                Interpreter thread = Thread(kernel, random.Next(3) == 0 ? Wide() : Address(), Wide(), n);
                thread.Run(2_000);
                Assert.True(thread.Violations.Count == 0, $"round {round}: {thread.Violations.FirstOrDefault()}\n{body}");
                fast += thread.FastSteps > 0 ? 1 : 0;
            }
        }

        Assert.True(fast > 100, $"only {fast} runs were unfenced: nothing was tested");
    }

    private static string RandomLoop(Random random)
    {
        string Pick(params string[] choices) => choices[random.Next(choices.Length)];
        string Small() => Pick("0", "1", "2", "4", "-1", "-4", "8", "31", "255", "0x7fffffff", "-2147483648", "0x10000");
        var code = new System.Text.StringBuilder(
            ".shared .align 16 .b8 tile[1024]; ld.param.u64 %rd1, [p]; ld.param.u64 %rd2, [q]; ld.param.u32 %r1, [n]; mov.u32 %r2, %tid.x; mov.u32 %r3, tile;\n");
        code.Append($"mov.u32 %r4, {Pick("0", "1", "%r1", "-8")}; mov.u64 %rd4, {Pick("0", "%rd1", "%rd2", "8")}; mov.u32 %r5, {Pick("0", "%r3", "%r1")};\n$l:\n");
        for (int i = random.Next(2, 9); i > 0; i--)
        {
            string r() => $"%r{random.Next(1, 10)}";
            string rd() => $"%rd{random.Next(1, 10)}";
            string ro() => random.Next(3) == 0 ? Small() : r();
            string t() => $"%r{random.Next(4, 10)}";
            string td() => $"%rd{random.Next(3, 10)}";
            code.Append(random.Next(14) switch
            {
                0 => $"add.s32 {t()}, {r()}, {ro()};",
                1 => $"add.s64 {td()}, {rd()}, {rd()};",
                2 => $"mul.wide.{Pick("u32", "s32")} {td()}, {r()}, {Pick("4", "1", "-4", "8", r())};",
                3 => $"cvt.{Pick("u64.u32", "s64.s32")} {td()}, {r()};",
                4 => $"cvt.u32.u64 {Pick(t(), td())}, {rd()};",
                5 => $"mad.lo.s32 {t()}, {r()}, {ro()}, {r()};",
                6 => $"shl.b32 {t()}, {r()}, {Pick("1", "2", "4", "30")};",
                7 => $"and.b32 {t()}, {r()}, {Pick("255", "1020", "0x3fff", "-16")};",
                8 => $"selp.b32 {t()}, {r()}, {ro()}, %p2;",
                9 => $"setp.{Pick("lt", "ge", "gt", "eq", "ne")}.{Pick("s32", "u32")} %p2, {r()}, {Small()};",
                10 => $"add.u16x2 {t()}, {r()}, {r()};",
                11 => $"mov.b32 {t()}, {r()};",
                12 => $"sub.s32 {t()}, {r()}, {ro()};",
                _ => $"{Pick("", "@%p2 ")}mov.b64 {td()}, {rd()};",
            }).Append('\n');
        }

        int accesses = random.Next(1, 4);
        for (int i = 0; i < accesses; i++)
        {
            code.Append(random.Next(4) switch
            {
                0 => $"st.shared.{Pick("u8", "u32")} [%r{random.Next(3, 10)}+{Pick("0", "4", "-4", "512")}], 7;",
                1 => $"ld.global.u32 %r15, [%rd{random.Next(1, 10)}+{Pick("0", "4", "-2147483648", "2147483647")}];",
                _ => $"st.global.{Pick("u8", "u32", "u32")} [%rd{random.Next(1, 10)}+{Pick("0", "0", "4", "-4")}], 7;",
            }).Append('\n');
        }

        code.Append(Pick("add.s32 %r4, %r4, 1;", "add.s32 %r4, %r4, -1;", "add.s32 %r4, %r4, 4;", "add.s64 %rd4, %rd4, 4;", "add.s64 %rd4, %rd4, -8;"));
        code.Append(Pick("add.s64 %rd1, %rd1, 4;", "add.s64 %rd4, %rd4, 1;", "add.s32 %r5, %r5, 4;", ""));
        code.Append(random.Next(3) == 0
            ? $"setp.{Pick("lt", "ne", "gt", "le")}.{Pick("u64", "s64")} %p1, %rd4, {Pick("%rd2", "%rd1", "40", "-5")};"
            : $"setp.{Pick("lt", "ne", "gt", "le", "ge")}.{Pick("u32", "s32")} %p1, %r4, {Pick("%r1", "%r1", "40", "-5", "0x7fffffff")};");
        return code.Append(" @%p1 bra $l; ret;").ToString();
    }

    [Fact]
    public void A_cycle_of_narrowing_conversions_is_no_bottomless_pit() => FenceText.Kernel(
        """
        $l: cvt.u32.u64 %rd1, %rd2; cvt.u32.u64 %rd2, %rd1; st.global.u32 [%rd1], 7;
        setp.lt.u64 %p1, %rd1, 10; @%p1 bra $l; ret;
        """,
        Options with { Deadline = DeadlineKind.GlobalTimer });

    public static TheoryData<string, string> Endless => new()
    {
        { "the counter wraps at its sign", "mov.u32 %r1, 0; $l: add.s32 %r1, %r1, 0x40000000; setp.le.s32 %p1, %r1, 0x40000000; @%p1 bra $l; ret;" },
        {
            "an addition of floats is no step",
            "mov.u32 %r1, 0; $l: add.s32 %r1, %r1, 0x40000000; add.f32 %r2, %r1, 0fFF800000; setp.lt.s32 %p1, %r2, 16; @%p1 bra $l; ret;"
        },
        {
            "the addend counts",
            "mov.u32 %r1, 0; $l: add.s32 %r1, %r1, 1; add.s32 %r2, %r1, -1000000000; setp.lt.s32 %p1, %r2, 4000; @%p1 bra $l; ret;"
        },
        {
            "the counter is set once, the loop runs twice",
            "mov.u64 %rd1, 0; $o: add.s32 %r5, %r5, 1; $l: add.s64 %rd1, %rd1, 1; setp.ne.s64 %p1, %rd1, 100; @%p1 bra $l; bra $o;"
        },
        {
            "through a copy, too",
            "mov.u64 %rd2, 0; mov.u64 %rd1, %rd2; $o: add.s32 %r5, %r5, 1; $l: add.s64 %rd1, %rd1, 1; setp.ne.s64 %p1, %rd1, 100; @%p1 bra $l; bra $o;"
        },
        {
            "two halves added at once never meet the bound",
            "ld.param.u32 %r9, [n]; mov.u32 %r1, 0xFFF0; $l: add.u16x2 %r1, %r1, 1; setp.ne.u32 %p1, %r1, %r9; @%p1 bra $l; ret;"
        },
    };

    [Theory]
    [MemberData(nameof(Endless))]
    public void No_forged_proof_outruns_the_deadline(string name, string body)
    {
        FenceOptions options = Options with { Deadline = DeadlineKind.GlobalTimer, PollInterval = 16 };
        Interpreter thread = Thread(FenceText.Kernel(body, options, Parameters), 0, 0, 0x10000, deadline: 40);
        Assert.True(thread.Run(100_000), name);
        Assert.Equal(FenceStatus.DeadlineExceeded, BitConverter.ToUInt32(thread.Status));
    }

    private static string Repeat(int count, Func<int, string> part) => string.Concat(Enumerable.Range(0, count).Select(part));

    private static string Short(int i, int trips, string body) =>
        $"mov.u32 %r{i + 10}, 0; $s{i}: {body} add.s32 %r{i + 10}, %r{i + 10}, 1; setp.lt.s32 %p1, %r{i + 10}, {trips}; @%p1 bra $s{i};\n";

    public static TheoryData<string, string> Long => new()
    {
        { "short loops in an endless one", "$o: " + Repeat(20, i => Short(i, 4000, "add.s32 %r2, %r2, 1;")) + "bra $o;" },
        { "a long body", "$o: " + Repeat(20_000, _ => "add.s32 %r2, %r2, 1;\n") + "bra $o;" },
        { "a long counted body", "ld.param.u32 %r9, [n]; mov.u32 %r1, 0; $o: " + Repeat(20_000, _ => "add.s32 %r2, %r2, 1;\n") + "add.s32 %r1, %r1, 1; setp.lt.u32 %p1, %r1, %r9; @%p1 bra $o; ret;" },
        { "straight code", Repeat(150_000, _ => "not.b32 %r2, %r2;\n") + "ret;" },
        { "a ladder of blocks", Repeat(3_000, i => $"@%p1 bra $b{i}; " + Repeat(40, _ => "add.s32 %r2, %r2, 1; ") + $"$b{i}:\n") + "ret;" },
    };

    /// <summary>Two looks must come within a few budgets of work, with all that was inserted.</summary>
    [Theory]
    [MemberData(nameof(Long))]
    public void Long_code_looks_at_the_deadline_by_its_work(string name, string body)
    {
        FenceOptions options = Options with { Deadline = DeadlineKind.GlobalTimer, VerifyOutput = false };
        Interpreter thread = Thread(FenceText.Kernel(body, options, Parameters), 0, 0, 1 << 20, deadline: 1);
        Assert.True(thread.Run(2_000_000), name);
        Assert.Equal(FenceStatus.DeadlineExceeded, BitConverter.ToUInt32(thread.Status));
        Assert.True(thread.Steps < 1_500_000, $"{name}: {thread.Steps} steps");
    }

    [Fact]
    public void Atomics_weigh_more()
    {
        const string Body = "ld.param.u64 %rd1, [p]; $o: red.global.add.u32 [%rd1], 1; bra $o;";
        string[] code = FenceText.Code(FenceText.Kernel(Body, Options with { Deadline = DeadlineKind.GlobalTimer }, Parameters));
        // 8,192 units an atomic, 256 units an iteration.
        Assert.Contains("add.s32 %tw_left, %tw_left, -32;", code);
    }

    [Fact]
    public void Each_block_looks_at_the_deadline_as_it_begins()
    {
        FencedKernel kernel = FenceText.Kernel("ret;", Options with { Deadline = DeadlineKind.GlobalTimer });
        Assert.Contains("mov.u64 %tw_now, %globaltimer;", FenceText.Code(kernel));
        Assert.Equal([HiddenParameter.Deadline, HiddenParameter.Status], kernel.HiddenParameters);
    }

    [Fact]
    public void Variables_of_functions_are_bounded_together()
    {
        string body = Repeat(40, i => $".global .align 16 .b8 g{i}[8388608] = {{1}}; ld.global.u8 %h1, [g{i}];\n") + "ret;";
        PtxVerification result = PtxText.Verify(PtxText.Module(body));
        Assert.Contains(result.Diagnostics, d => d.Id == Diagnostics.PtxDiagnosticId.Limit);
    }

    [Theory]
    [InlineData("setp.lo.s32 %p1, %r1, %r2;")]
    [InlineData("setp.lt.b32 %p1, %r1, %r2;")]
    [InlineData("setp.hs.and.s64 %p1, %rd1, %rd2, %p2;")]
    [InlineData("set.lo.u32.s32 %r1, %r2, %r3;")]
    public void Comparisons_that_mean_nothing_are_refused(string code) => PtxText.Refused(code);
}
