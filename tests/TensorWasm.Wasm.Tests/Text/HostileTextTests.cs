using System.Text;

namespace TensorWasm.Wasm.Tests.Text;

public sealed class HostileTextTests
{
    // A parser that recursed would use up any thread's stack at this depth.
    private const int Deep = 200_000;

    [Fact]
    public void Folded_instructions_may_nest_a_million_deep()
    {
        const int Million = 1_000_000;
        var text = $"(func (result i32) {Repeat("(i32.eqz ", Million)}(i32.const 7){Repeat(")", Million)})";
        var code = WatParser.Parse(text).Bodies[0].Code.Span;

        Assert.Equal(Million + 3, code.Length);
        Assert.Equal([0x41, 7, 0x45], code[..3].ToArray());
        Assert.Equal([0x45, 0x0B], code[^2..].ToArray());
    }

    [Theory]
    [InlineData("(block ", ")")]
    [InlineData("(loop $l ", ")")]
    [InlineData("block ", " end")]
    [InlineData("block $l ", " end $l")]
    [InlineData("(if (i32.const 0) (then ", "))")]
    [InlineData("(if ", "(then))")]
    [InlineData("(try_table (catch_all 0) ", ")")]
    public void Blocks_may_nest_without_end(string open, string close)
    {
        var module = WatParser.Parse($"(func {Repeat(open)}(nop){Repeat(close)})");

        Assert.True(module.Bodies[0].Code.Length > Deep);
        var text = WatPrinter.Print(module);
        Assert.True(text.Length < 200L * Deep, $"{text.Length} characters");
        Assert.True(module.Bodies[0].Code.Span.SequenceEqual(WatParser.Parse(text).Bodies[0].Code.Span));
    }

    [Theory]
    [InlineData("(func ", "unexpected token end of text")]
    [InlineData("(module ", "unexpected token module")]
    [InlineData("(", "unexpected token (")]
    [InlineData("(; ", "unclosed comment")]
    [InlineData("(@a ", "unclosed annotation")]
    [InlineData("(func (result (ref ", "unexpected token")]
    [InlineData("(global i32 (i32.add ", "unexpected token end of text")]
    [InlineData("(type (func (param (ref ", "unexpected token")]
    [InlineData("(elem (item ", "unexpected token")]
    [InlineData("(rec ", "unexpected token")]
    public void Openings_without_end_are_refused(string open, string reason)
    {
        var error = Assert.Throws<WasmFormatException>(() => WatParser.Parse(Repeat(open)));
        Assert.StartsWith(reason, error.Reason, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("(thread $t ")]
    [InlineData("(assert_return (invoke \"f\") (either ")]
    [InlineData("(assert_trap (")]
    public void Scripts_do_not_recurse_without_end(string open) =>
        Assert.Throws<WasmFormatException>(() => WastScript.Parse(Repeat(open)));

    [Fact]
    public void Comments_and_annotations_may_nest() =>
        Assert.Empty(
            WatParser.Parse($"(module {Repeat("(;")}{Repeat(";)")}(@a {Repeat("(")}{Repeat(")")}))").Functions);

    [Fact]
    public void Many_names_take_linear_time()
    {
        var text = new StringBuilder();
        for (var i = 0; i < 300_000; i++)
        {
            text.Append("(func $f").Append(i).Append(" (call $f").Append(299_999 - i).Append("))\n");
        }
        var module = WatParser.Parse(text.ToString());

        Assert.Equal(300_000, module.Bodies.Count);
        Assert.Equal("f299999", module.Names.Functions[299_999]);
    }

    [Fact]
    public void Many_annotations_take_linear_time()
    {
        var fields = Repeat("(@custom \"a\" \"b\") (@name \"c\") (;;)");
        var module = WatParser.Parse($"(module {fields} (func $f {Repeat("(@custom)")} (@name \"g\")))");

        Assert.Equal(Deep, module.CustomSections.Count);
        Assert.Equal("g", module.Names.Functions[0]);
    }

    [Fact]
    public void Hidden_labels_take_linear_time()
    {
        var text = $"(func {Repeat("block $l ")}{Repeat("br $l ")}{Repeat("end ")})";
        Assert.True(WatParser.Parse(text).Bodies[0].Code.Length > Deep * 5);
    }

    [Fact]
    public void Many_commands_on_one_line_take_linear_time()
    {
        var script = WastScript.Parse(Repeat("(invoke \"f\")") + "\n" + Repeat("(module (func (local.get $x)))"));
        var last = Assert.IsType<ModuleCommand>(script.Commands[^1]);

        Assert.Equal((1, 2, 2 * Deep), (script.Commands[0].Line, last.Line, script.Commands.Count));
        var error = Assert.Throws<WasmFormatException>(last.Module.Load);
        Assert.Equal((2, (30 * (Deep - 1)) + 26), (error.Line, error.Column));
    }

    [Fact]
    public void Unpaired_surrogates_are_malformed_text()
    {
        var error = Assert.Throws<WasmFormatException>(() => WatParser.Parse("(module\n ;; \uD800\n)"));
        Assert.Equal(("malformed UTF-8 encoding", 2, 5), (error.Reason, error.Line, error.Column));
    }

    private static string Repeat(string text, int count = Deep) =>
        new StringBuilder(text.Length * count).Insert(0, text, count).ToString();
}
