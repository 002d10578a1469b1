using System.Text.Json;

namespace TensorWasm.Cli.Tests.Commands;

public sealed class PtxTests : CliTest
{
    /// <summary>Adds 1 to each of n numbers, in a loop that a range check before it can cover.</summary>
    private const string Loop = """
        .version 7.8
        .target sm_70
        .address_size 64
        .visible .entry increment(.param .u64 data, .param .u32 n)
        {
            .reg .pred %p<3>;
            .reg .b32 %r<5>;
            .reg .b64 %rd<5>;
            ld.param.u64 %rd1, [data];
            ld.param.u32 %r1, [n];
            cvta.to.global.u64 %rd2, %rd1;
            setp.eq.s32 %p1, %r1, 0;
            @%p1 bra DONE;
            mov.u32 %r2, 0;
        LOOP:
            ld.global.u32 %r3, [%rd2];
            add.s32 %r4, %r3, 1;
            st.global.u32 [%rd2], %r4;
            add.s64 %rd2, %rd2, 4;
            add.s32 %r2, %r2, 1;
            setp.lt.u32 %p2, %r2, %r1;
            @%p2 bra LOOP;
        DONE:
            ret;
        }
        """;

    private const string Refused = """
        .version 7.8
        .target sm_70
        .address_size 64
        .visible .entry k()
        {
            brkpt;
            ret;
        }
        """;

    [Fact]
    public void Check_is_silent_about_kernels_that_are_accepted() =>
        Assert.Equal(new CliResult(0, "", ""), Run("ptx", "check", Write("k.ptx", Loop)));

    [Fact]
    public void Check_says_where_and_why_in_the_form_that_editors_follow()
    {
        var path = Write("k.ptx", Refused);
        var result = Run("ptx", "check", path);
        Assert.Equal(1, result.ExitCode);
        Assert.Equal("", result.Output);
        Assert.StartsWith($"{path}:6:5: PTX0008: brkpt", result.Error, StringComparison.Ordinal);
    }

    [Fact]
    public void Check_goes_through_all_files_and_tells_programs_of_each()
    {
        var result = Run("ptx", "check", "--json", Write("good.ptx", Loop), Write("bad.ptx", Refused));
        Assert.Equal(1, result.ExitCode);
        var files = JsonDocument.Parse(result.Output).RootElement;
        Assert.Equal([true, false], files.EnumerateArray().Select(file => file.GetProperty("valid").GetBoolean()));
        var kernel = files[0].GetProperty("kernels")[0];
        Assert.Equal("increment", kernel.GetProperty("name").GetString());
        Assert.Equal(
            [("data", "u64", 0), ("n", "u32", 8)],
            kernel.GetProperty("parameters").EnumerateArray().Select(p =>
                (p.GetProperty("name").GetString()!, p.GetProperty("type").GetString()!, p.GetProperty("offset").GetInt32())));
        var diagnostic = files[1].GetProperty("diagnostics")[0];
        Assert.Equal(6, diagnostic.GetProperty("line").GetInt32());
        Assert.Equal("Refused", diagnostic.GetProperty("kind").GetString());
    }

    [Fact]
    public void Fenced_text_is_accepted_PTX_again_below_notes_on_what_was_done()
    {
        var path = Path.Combine(Folder, "fenced.ptx");
        var result = Run("ptx", "fence", Write("k.ptx", Loop), "-o", path);
        Assert.Equal(new CliResult(0, "", ""), result);
        var text = File.ReadAllText(path);
        Assert.Contains("// increment(u64 data, u32 n)", text, StringComparison.Ordinal);
        Assert.Contains("// 18:5: Fenced: st.global.u32", text, StringComparison.Ordinal);
        Assert.Contains("and.b64", text, StringComparison.Ordinal);
        Assert.Equal(0, Run("ptx", "check", path).ExitCode);
        Assert.DoesNotContain("//", Run("ptx", "fence", "--no-notes", Path.Combine(Folder, "k.ptx")).Output, StringComparison.Ordinal);
    }

    [Fact]
    public void Check_mode_compares_what_fence_mode_only_masks()
    {
        var path = Write("k.ptx", Loop);
        var (fence, check) = (Run("ptx", "fence", path), Run("ptx", "fence", "--mode", "check", path));
        Assert.Equal((0, 0), (fence.ExitCode, check.ExitCode));
        Assert.True(check.Output.Length > fence.Output.Length);
    }

    [Fact]
    public void Explain_tells_of_each_loop()
    {
        var result = Run("ptx", "explain", Write("k.ptx", Loop));
        Assert.Equal(0, result.ExitCode);
        Assert.Contains("  1 loop\n", result.Output, StringComparison.Ordinal);
        Assert.Contains("unfenced copy: 2 accesses are checked once", result.Output, StringComparison.Ordinal);
        Assert.Contains("deadline: ", result.Output, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("check")]
    [InlineData("fence")]
    [InlineData("explain")]
    public void Anything_but_PTX_is_refused_in_a_sentence(string verb)
    {
        Assert.Equal(1, Run("ptx", verb, Write("k.ptx", [0xFF, 0xFE, 0x00])).ExitCode);
        var module = Run("ptx", verb, Write("m.wasm", [0, (byte)'a', (byte)'s', (byte)'m', 1, 0, 0, 0]));
        Assert.Equal(1, module.ExitCode);
        Assert.Contains("is a WebAssembly module; PTX text was expected", module.Error, StringComparison.Ordinal);
        Assert.Equal(1, Run("ptx", verb, Path.Combine(Folder, "missing.ptx")).ExitCode);
    }

    [Fact]
    public void A_wrong_verb_names_the_help_that_fits()
    {
        var result = Run("ptx", "fence", "--mode", "sometimes", "k.ptx");
        Assert.Equal(2, result.ExitCode);
        Assert.Contains("'tensorwasm ptx fence --help'", result.Error, StringComparison.Ordinal);
    }
}
