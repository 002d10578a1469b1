using System.Diagnostics;
using System.Text;

namespace TensorWasm.Gpu.Attacks;

/// <content>PTX made to exhaust or confuse what reads it.</content>
public abstract partial class AttackSuite
{
    private static readonly TimeSpan BombPatience = TimeSpan.FromSeconds(60);

    public static TheoryData<string> Bombs =>
    [
        "nesting", "braces", "registers", "a million registers", "lines", "a line of megabytes", "duplicate kernels", "duplicate registers",
        "duplicate labels", "invalid UTF-8", "overlong UTF-8", "a NUL", "version 99.9", "version 0", "target sm_999", "32-bit addresses",
        "calls that double", "recursion", "labels", "a table of labels", "globals", "globals in a function", "a huge array",
        "a huge number", "comments", "nothing", "only a header", "an unknown directive", "debug sections", "kernels", "parameters",
        "a vast parameter", "initial values", "names", "a kernel without an end",
    ];

    [Theory]
    [MemberData(nameof(Bombs))]
    public void Bombs_are_answered_soon(string bomb)
    {
        using var attacker = new Attacker(Device);
        var ptx = Bomb(bomb);
        var start = Stopwatch.GetTimestamp();
        GpuErrorCode? code = null;
        try
        {
            using var module = attacker.Region.Load(ptx);
        }
        catch (GpuException refusal)
        {
            code = refusal.Code;
            Assert.InRange(refusal.Message.Length, 1, 64 << 10);
        }

        Assert.True(
            code is null or GpuErrorCode.MalformedPtx or GpuErrorCode.InvalidKernel or GpuErrorCode.QuotaExceeded,
            $"{bomb}: {code}");
        var time = Stopwatch.GetElapsedTime(start);
        Assert.True(time < BombPatience, $"{bomb} took {time}");
    }

    private static byte[] Bomb(string name)
    {
        string Body(string body) => PtxText.Module(body);
        var header = PtxText.Header();
        switch (name)
        {
            case "invalid UTF-8":
                return [.. PtxText.Utf8(header), 0xC3, 0x28, 0xFF];
            case "overlong UTF-8":
                return [.. PtxText.Utf8(header), .. "//"u8, 0xC0, 0x80, 0xF4, 0x90, 0x80, 0x80];
            case "a NUL":
                return PtxText.Utf8(header + "\0" + PtxText.Entry("k", ""));
            case "nothing":
                return [];
        }

        return PtxText.Utf8(name switch
        {
            "nesting" => Body(new string('{', 100_000) + new string('}', 100_000)),
            "braces" => Body(Repeat(100_000, _ => "mov.b64 {")),
            "registers" => Body(".reg .b32 %x<200000>;" + Repeat(20_000, i => $"add.s32 %x{i + 1}, %x{i}, 1;\n")),
            "a million registers" => Body(".reg .b32 %x<4294967295>; add.s32 %x1, %x2, 1;"),
            "lines" => Body(new string('\n', 3_000_000)),
            "a line of megabytes" => Body("// " + new string('x', 3_000_000)),
            "duplicate kernels" => header + Repeat(100, _ => PtxText.Entry("k", "")),
            "duplicate registers" => Body(Repeat(1000, _ => ".reg .b32 %same;\n")),
            "duplicate labels" => Body(Repeat(1000, _ => "$same:\n")),
            "version 99.9" => PtxText.Header(version: "99.9") + PtxText.Entry("k", ""),
            "version 0" => PtxText.Header(version: "0.0") + PtxText.Entry("k", ""),
            "target sm_999" => PtxText.Header("sm_999") + PtxText.Entry("k", ""),
            "32-bit addresses" => header.Replace("64\n", "32\n", StringComparison.Ordinal) + PtxText.Entry("k", ""),
            "calls that double" => header + ".func f0() { ret; }\n"
                + Repeat(30, i => $".func f{i + 1}() {{ call f{i}, (); call f{i}, (); ret; }}\n") + PtxText.Entry("k", "call f30, ();"),
            "recursion" => header + ".func f() { call f, (); ret; }\n" + PtxText.Entry("k", "call f, ();"),
            "labels" => Body(Repeat(60_000, i => $"$l{i}: @%p1 bra $l{(i * 7919) % 60_000};\n")),
            "a table of labels" => Body(Repeat(30_000, i => $"$l{i}:\n") + "$t: .branchtargets "
                + string.Join(",\n", Enumerable.Range(0, 30_000).Select(i => $"$l{i}")) + ";\nbrx.idx %r2, $t;"),
            "globals" => header + Repeat(5_000, i => $".global .align 16 .b8 g{i}[16384];\n") + PtxText.Entry("k", ""),
            "globals in a function" => Body(Repeat(2_000, i => $".global .align 16 .b8 g{i}[16777216] = {{1}};\nmov.u64 %rd10, g{i};\n")),
            "a huge array" => header + ".global .b8 g[18446744073709551615];\n" + PtxText.Entry("k", "mov.u64 %rd10, g;"),
            "a huge number" => Body("mov.u64 %rd10, " + new string('9', 60_000) + ";"),
            "comments" => Body(Repeat(100_000, _ => "/* /* */\n")),
            "only a header" => header,
            "an unknown directive" => header + ".teleport everything;\n" + PtxText.Entry("k", ""),
            "debug sections" => header + PtxText.Entry("k", "") + ".section .debug_str {\n" + Repeat(50_000, _ => ".b8 65,66,67,0\n") + "}\n",
            "kernels" => header + Repeat(1_000, i => PtxText.Entry($"k{i}", "")),
            "parameters" => header + ".visible .entry k(" + string.Join(", ", Enumerable.Range(0, 5_000).Select(i => $".param .u64 p{i}")) + ") { ret; }\n",
            "a vast parameter" => header + ".visible .entry k(.param .align 512 .b8 p[2000000000]) { ret; }\n",
            "initial values" => header + ".global .u64 g[1] = {k};\n.global .u32 h[2] = {1,2,3};\n" + PtxText.Entry("k", ""),
            "names" => Body(Repeat(60_000, i => $".reg .b32 %name_that_is_rather_long_{i};\n")),
            "a kernel without an end" => header + ".visible .entry k() {",
            _ => throw new UnreachableException(name),
        });
    }

    /// <summary>Names and texts that mean something to those behind the parser.</summary>
    [Theory]
    [InlineData("__tw_status")]
    [InlineData("$tw_report")]
    [InlineData("_Z1kPf")]
    [InlineData("%tw_regionbase")]
    public void Names_of_the_fences_own_are_just_names(string name)
    {
        using var attacker = new Attacker(Device);
        var text = new StringBuilder(PtxText.Header());
        var isRegister = name[0] == '%';
        text.Append(isRegister ? "" : $".shared .align 8 .b8 {name}[64];\n");
        text.Append(PtxText.Entry("k", isRegister
            ? $".reg .b64 {name}; mov.u64 {name}, %rd2; st.global.u32 [{name}], 7;"
            : $"mov.u32 %r5, {name}; add.s32 %r6, %r5, %r1; st.shared.u32 [%r6], 7; {name}_label: st.global.u32 [%rd2], 7;"));
        foreach (var address in Victim.Addresses)
        {
            var outcome = attacker.Run(text.ToString(), address, 0x10000);
            Assert.True(outcome.IsContained || outcome.IsRefused, outcome.ToString());
        }
    }
}
