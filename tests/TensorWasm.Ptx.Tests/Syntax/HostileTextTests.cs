using System.Text;
using TensorWasm.Ptx.Diagnostics;

namespace TensorWasm.Ptx.Tests.Syntax;

public sealed class HostileTextTests
{
    private const string Header = ".version 8.0\n.target sm_80\n.address_size 64\n";

    private static PtxDiagnostic First(string text)
    {
        PtxModule module = PtxModule.Parse(text);
        Assert.Null(module.Syntax);
        return module.Diagnostics[0];
    }

    [Theory]
    [InlineData("{")]
    [InlineData("}")]
    [InlineData("mov.u32 %r1, {")]
    [InlineData("call (")]
    [InlineData(".global .u32 a = {")]
    [InlineData("L:")]
    [InlineData("@")]
    [InlineData("[")]
    [InlineData("a|")]
    [InlineData("/*")]
    [InlineData(".reg .b32 %r<")]
    [InlineData("\"")]
    public void Repeating_any_opening_a_hundred_thousand_times_ends_in_a_diagnostic(string piece)
    {
        foreach (string separator in (string[])["", "\n"])
        {
            string bomb = string.Concat(Enumerable.Repeat(piece + separator, 100_000));
            PtxModule module = PtxModule.Parse($"{Header}.entry k()\n{{\n{bomb}");
            Assert.Null(module.Syntax);
            Assert.InRange(module.Diagnostics.Count, 1, PtxLimits.Default.MaxDiagnostics);
        }
    }

    [Fact]
    public void Invalid_UTF8_is_reported_at_its_place()
    {
        byte[] text = [.. Encoding.UTF8.GetBytes(".version 8.0\n.tar"), 0xC3, 0x28];
        PtxDiagnostic diagnostic = PtxModule.Parse(text).Diagnostics.Single();
        Assert.Equal(PtxDiagnosticId.InvalidCharacter, diagnostic.Id);
        Assert.Equal((2, 5), (diagnostic.Position.Line, diagnostic.Position.Column));
    }

    [Fact]
    public void A_NUL_inside_the_text_is_refused()
    {
        Assert.Equal(PtxDiagnosticId.InvalidCharacter, First(Header + "\0.entry k() { ret; }").Id);
    }

    [Fact]
    public void A_line_may_be_as_long_as_the_limit_and_no_longer()
    {
        int limit = PtxLimits.Default.MaxLineLength;
        Assert.Empty(PtxModule.Parse(Header + "//" + new string('x', limit - 2) + "\n").Diagnostics);
        Assert.Equal(PtxDiagnosticId.Limit, First(Header + "//" + new string('x', limit - 1) + "\n").Id);
    }

    [Fact]
    public void Text_may_be_as_long_as_the_limit_and_no_longer()
    {
        PtxLimits limits = PtxLimits.Default with { MaxBytes = Header.Length };
        Assert.Empty(PtxModule.Parse(Header, limits).Diagnostics);
        Assert.Equal(PtxDiagnosticId.Limit, PtxModule.Parse(Header + "\n", limits).Diagnostics.Single().Id);
    }

    [Theory]
    [InlineData(64, true)]
    [InlineData(65, false)]
    public void Scopes_nest_as_deep_as_the_limit_and_no_deeper(int depth, bool accepted)
    {
        string text = Header + ".entry k()\n" + new string('{', depth) + "ret;" + new string('}', depth);
        Assert.Equal(accepted, PtxModule.Parse(text).Syntax is not null);
    }

    [Fact]
    public void Diagnostics_stop_at_their_limit()
    {
        string text = Header + ".entry k() {\n" + string.Concat(Enumerable.Repeat("mov ?;\n", 10_000)) + "}\n";
        Assert.Equal(PtxLimits.Default.MaxDiagnostics, PtxModule.Parse(text).Diagnostics.Count);
    }

    [Fact]
    public void Empty_text_is_a_diagnostic()
    {
        Assert.Equal(PtxDiagnosticId.Syntax, First("").Id);
    }

    [Fact]
    public void Time_grows_with_the_length_of_the_text_not_its_square()
    {
        string Kernel(int n) => Header + ".entry k() {\n.reg .b32 %r<9>;\n"
            + string.Concat(Enumerable.Repeat("add.s32 %r1, %r2, %r3;\n", n)) + "ret;\n}\n";
        TimeSpan Time(string text)
        {
            long start = TimeProvider.System.GetTimestamp();
            Assert.Empty(PtxModule.Parse(text).Diagnostics);
            return TimeProvider.System.GetElapsedTime(start);
        }

        Time(Kernel(1_000));
        TimeSpan small = Time(Kernel(10_000));
        TimeSpan large = Time(Kernel(100_000));
        // Ten times the text; a hundred times the time would be quadratic. The margin absorbs a busy machine.
        Assert.True(large < (small * 50) + TimeSpan.FromMilliseconds(500), $"{small} then {large}");
    }
}
