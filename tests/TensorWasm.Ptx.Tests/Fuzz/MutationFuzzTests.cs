using System.Text;
using System.Text.RegularExpressions;
using TensorWasm.Ptx.Fencing;
using TensorWasm.Ptx.Ir;
using TensorWasm.Ptx.Tests.TestSupport;

namespace TensorWasm.Ptx.Tests.Fuzz;

/// <summary>
/// Mutates PTX by characters, lines and tokens and sends it through everything. Nothing may throw; what is accepted
/// must verify again once it is fenced. Seeded, so that a failure is repeated by its round.
/// </summary>
public sealed partial class MutationFuzzTests
{
    private static readonly string[] Numbers =
        ["0", "-1", "1", "3", "2147483647", "-2147483648", "4294967295", "0xFFFFFFFFFFFFFFFF", "-9223372036854775808", "4096", "0f7FC00000"];

    private static readonly FenceOptions[] Options =
    [
        new() { VerifyOutput = true },
        new() { VerifyOutput = true, Mode = FenceMode.Check, RegionBits = null },
        new() { VerifyOutput = true, RegionBase = 1UL << 36, RegionBits = 34, Deadline = DeadlineKind.Flag },
    ];

    [GeneratedRegex(@"[%$]?\w+(\.\w+)*|\S")]
    private static partial Regex Token { get; }

    [GeneratedRegex(@"(?<=[\s,+\[-])-?(0x[0-9a-fA-F]+|\d+)\b")]
    private static partial Regex Number { get; }

    [Fact]
    public void Mutated_modules_give_diagnostics_or_safe_kernels()
    {
        string[] corpus = [.. PtxCorpus.Fixtures.Concat(PtxCorpus.Triton).Select(File.ReadAllText).Where(t => t.Length < 16_000)];
        var random = new Random(90);
        long start = TimeProvider.System.GetTimestamp();
        int accepted = 0;
        for (int round = 0; round < 1_500 && TimeProvider.System.GetElapsedTime(start) < TimeSpan.FromSeconds(8); round++)
        {
            string text = corpus[random.Next(corpus.Length)];
            for (int i = random.Next(1, 4); i > 0; i--)
            {
                text = Mutate(random, text);
            }

            try
            {
                FencedModule fenced = PtxFence.Apply(Encoding.UTF8.GetBytes(text), Options[round % Options.Length]);
                Assert.True(fenced.IsValid || fenced.Diagnostics.All(d => d.Reason.Length > 0 && d.Position.Line > 0));
                accepted += fenced.IsValid ? 1 : 0;
            }
            catch (Exception exception) when (exception is not Xunit.Sdk.IAssertionException)
            {
                Assert.Fail($"round {round}: {exception}\n{text}");
            }
        }

        Assert.True(accepted > 10, $"only {accepted} mutants were accepted, so the passes saw little");
    }

    [Fact]
    public void Random_bytes_give_diagnostics()
    {
        var random = new Random(91);
        for (int round = 0; round < 300; round++)
        {
            byte[] bytes = new byte[random.Next(200)];
            random.NextBytes(bytes);
            Assert.NotEmpty(PtxModule.Parse(bytes).Diagnostics);
        }
    }

    /// <summary>
    /// Mutates the addressing of loops that the interpreter can run: whatever the fence made of them stays inside.
    /// </summary>
    [Fact]
    public void Mutated_addressing_never_leaves_the_region()
    {
        const string Body = """
            ld.param.u64 %rd1, [src]; ld.param.u64 %rd2, [dst]; ld.param.u32 %r1, [n]; ld.param.u32 %r2, [i];
            mov.u32 %r7, tile; mov.u32 %r8, 3;
            $loop:
            mul.wide.s32 %rd3, %r2, 4;
            add.s64 %rd4, %rd1, %rd3;
            mad.wide.u32 %rd5, %r8, 8, %rd2;
            ld.global.u32 %r3, [%rd4+16];
            shl.b32 %r9, %r2, 2;
            add.s32 %r10, %r7, %r9;
            st.shared.u32 [%r10+4], %r3;
            ld.shared.u64 %rd6, [%r7+8];
            st.global.u64 [%rd5], %rd6;
            st.global.u8 [%rd2+3], %r3;
            add.s64 %rd2, %rd2, 16;
            add.s32 %r8, %r8, %r2;
            add.s32 %r2, %r2, 1;
            setp.lt.s32 %p1, %r2, %r1;
            @%p1 bra $loop;
            ret;
            """;
        const ulong Base = 0x10_0000_0000;
        string[] registers32 = ["%r1", "%r2", "%r3", "%r7", "%r8", "%r9", "%r10"];
        string[] registers64 = ["%rd1", "%rd2", "%rd3", "%rd4", "%rd5", "%rd6"];
        var random = new Random(92);
        FenceOptions options = FenceText.Constant with { RegionBits = 16, VersionLoops = true, Deadline = DeadlineKind.GlobalTimer };
        int fast = 0;
        for (int round = 0; round < 400; round++)
        {
            string[] lines = Body.Split('\n');
            for (int i = random.Next(1, 5); i > 0; i--)
            {
                int at = random.Next(3, lines.Length - 1);
                lines[at] = random.Next(4) switch
                {
                    0 => Number.Replace(lines[at], _ => Numbers[random.Next(Numbers.Length - 1)], 1),
                    1 => lines[at].Replace(registers32[random.Next(7)] + ",", registers32[random.Next(7)] + ",", StringComparison.Ordinal),
                    2 => lines[at].Replace(registers64[random.Next(6)], registers64[random.Next(6)], StringComparison.Ordinal),
                    _ => lines[random.Next(3, lines.Length - 3)] + "\n" + lines[at],
                };
            }

            string text = PtxText.Module(
                string.Join('\n', lines),
                ".param .u64 src, .param .u64 dst, .param .u32 n, .param .u32 i",
                ".shared .align 16 .b8 tile[256];\n");
            PtxModule module = PtxModule.Parse(text);
            if (module.Syntax is null || PtxFence.Apply(module.Syntax, options) is not { IsValid: true } fenced)
            {
                continue;
            }

            var thread = new Interpreter(fenced.Kernels[0].Kernel, Base, 1 << 16);
            thread.Parameters["src"] = Base + (ulong)random.Next(1 << 10) * 4;
            thread.Parameters["dst"] = random.Next(4) == 0 ? (ulong)random.NextInt64() : Base + (ulong)random.Next(1 << 10) * 8;
            thread.Parameters["n"] = random.Next(4) == 0 ? (uint)random.Next() : (uint)random.Next(50);
            thread.Parameters["i"] = random.Next(4) == 0 ? (uint)random.Next() : (uint)random.Next(50);
            thread.Parameters["__tw_status"] = Interpreter.StatusAddress;
            thread.Parameters["__tw_deadline"] = ulong.MaxValue;
            thread.Run(5_000);
            Assert.True(thread.Violations.Count == 0, $"round {round}: {thread.Violations.FirstOrDefault()}\n{text}");
            fast += thread.FastSteps > 0 ? 1 : 0;
        }

        Assert.True(fast > 20, $"only {fast} mutants ran unfenced, so the checks saw little");
    }

    private static string Mutate(Random random, string text)
    {
        int at = random.Next(text.Length);
        switch (random.Next(7))
        {
            case 0:
                return text.Remove(at, Math.Min(random.Next(1, 8), text.Length - at));
            case 1:
                return text.Insert(at, text.Substring(random.Next(text.Length / 2), random.Next(1, 40)));
            case 2:
                return text[..at] + (char)random.Next(32, 127) + text[(at + 1)..];
            case 3:
                MatchCollection numbers = Number.Matches(text);
                Match number = numbers[random.Next(numbers.Count)];
                return text[..number.Index] + Numbers[random.Next(Numbers.Length)] + text[(number.Index + number.Length)..];
            case 4:
                string[] lines = text.Split('\n');
                int line = random.Next(lines.Length);
                (lines[line], lines[random.Next(lines.Length)]) = (lines[random.Next(lines.Length)], lines[line]);
                return string.Join('\n', lines);
            default:
                MatchCollection tokens = Token.Matches(text);
                Match first = tokens[random.Next(tokens.Count)];
                Match second = tokens[random.Next(tokens.Count)];
                return text[..first.Index] + second.Value + text[(first.Index + first.Length)..];
        }
    }
}
