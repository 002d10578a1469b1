using System.Globalization;
using System.Text;

namespace TensorWasm.Wasm.Tests.Text;

public sealed class WatParserTests
{
    [Theory]
    [InlineData("(module\n  (func $f\n    i32.cosnt 1))", 3, 5, "unknown operator i32.cosnt")]
    [InlineData("(module\r\n(func)\r(func))\n\n  x", 5, 3, "unknown operator x")]
    [InlineData("(func) ;; \u00e4\u00f6\n(export \"\u00e4\u00f6\u00fc\" (func 0)) )", 2, 25, "unexpected token )")]
    [InlineData("(func (local.get $x))", 1, 18, "unknown local $x")]
    [InlineData("(func", 1, 6, "unexpected token end of text")]
    [InlineData("", 0, 0, null)]
    public void Errors_have_line_and_column(string text, int line, int column, string? reason)
    {
        if (reason is null)
        {
            Assert.Empty(WatParser.Parse(text).Functions);
            return;
        }
        var error = Assert.Throws<WasmFormatException>(() => WatParser.Parse(text));
        Assert.Equal((reason, line, column), (error.Reason, error.Line, error.Column));
    }

    [Fact]
    public void Identifiers_become_names()
    {
        var names = WatParser.Parse("""
            (module $m
              (type $t (func)) (type $s (struct (field $x i32) (field i32 i32) (field $y i8)))
              (import "a" "b" (func $imported (param $p i32)))
              (table $table 0 funcref) (memory $memory 0) (global $global i32 (i32.const 0)) (tag $tag)
              (elem $elem func) (data $data "")
              (func $f (@name "g") (param i32) (param $q i32) (local i64 i64) (local $l (@name "m") i64)
                (block (if $if (block $inner (result i32) i32.const 0) (then (loop $"a b"))))))
            """).Names;

        Assert.Equal("m", names.Module);
        Assert.Equal(["t", "s"], [names.Types[0], names.Types[1]]);
        Assert.Equal([(0, "x"), (3, "y")], Sorted(names.Fields[1]));
        Assert.Equal([(0, "imported"), (1, "g")], Sorted(names.Functions));
        Assert.Equal([(0, "p")], Sorted(names.Locals[0]));
        Assert.Equal([(1, "q"), (4, "m")], Sorted(names.Locals[1]));
        Assert.Equal([(1, "inner"), (2, "if"), (3, "a b")], Sorted(names.Labels[1]));
        Assert.Equal(["table", "memory", "global", "tag", "elem", "data"],
            [names.Tables[0], names.Memories[0], names.Globals[0], names.Tags[0], names.Elements[0], names.Data[0]]);
    }

    [Fact]
    public void Names_that_are_no_identifiers_survive_printing()
    {
        var module = WatParser.Parse("""
            (module (type (struct (field i32) (field i32)))
              (func (param i32 i32) (local i32) block block br 0 br 1 end end) (func (call 0)) (func))
            """);
        var names = module.Names;
        names.Module = "two words\n";
        (names.Functions[0], names.Functions[1], names.Functions[2]) = ("same", "same", "");
        names.Locals[0] = new() { [0] = "a\"b\\", [1] = "\u00e4\u0001\u200b", [2] = "a\"b\\" };
        names.Labels[0] = new() { [0] = "l", [1] = "l" };
        names.Fields[0] = new() { [0] = "f", [1] = "f" };
        var text = WatPrinter.Print(module);

        Assert.Equal(ModuleDump.Of(module), ModuleDump.Of(WatParser.Parse(text)));
        Assert.Contains("br $l\n", text, StringComparison.Ordinal);
        Assert.Contains("br 1\n", text, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("", 11)]
    [InlineData("(before first)", 0)]
    [InlineData("(after last)", 11)]
    [InlineData("(before type)", 0)]
    [InlineData("(before import)", 1)]
    [InlineData("(before global)", 13)]
    [InlineData("(before tag)", 5)]
    [InlineData("(before code)", 12)]
    [InlineData("(after func)", 3)]
    [InlineData("(after elem)", 9)]
    public void Custom_sections_know_their_place(string place, byte after)
    {
        var module = WatParser.Parse($"(module (func) (@custom \"a\\u{{e4}}\" {place} \"\\00b\" \"c\") (@other))");
        var section = Assert.Single(module.CustomSections);

        Assert.Equal(("a\u00e4", after), (section.Name, section.After));
        Assert.Equal("\0bc"u8.ToArray(), section.Bytes.ToArray());
    }

    [Fact]
    public void Types_written_inline_follow_the_defined_ones()
    {
        var module = WatParser.Parse("""
            (func (param i64) (block (param i32) (result i32 i32) unreachable))
            (func (result i32) (call_indirect (param f32)))
            (table 0 funcref)
            (type (func (result i32)))
            (func (param i64))
            """);

        Assert.Equal(["[] -> [i32]", "[i64] -> []", "[i32] -> [i32 i32]", "[f32] -> []"],
            module.Types.Select(type => type.Composite.ToString()));
        Assert.Equal([1, 0, 1], module.Functions);
    }

    [Theory]
    [InlineData("(data \"a\") (func (data.drop 0))", 1)]
    [InlineData("(data \"a\") (memory 1) (func)", null)]
    [InlineData("(func (memory.init 0 (unreachable)))", 0)]
    public void The_data_count_is_there_where_code_needs_it(string text, int? expected) =>
        Assert.Equal(expected, WatParser.Parse(text).DataCount);

    [Fact]
    public void Segments_may_be_written_inline()
    {
        var module = WatParser.Parse("""
            (memory (data "ab" "c")) (data "x") (memory i64 (data)) (table funcref (elem $f 0))
            (type $t (func)) (table i64 (ref null $t) (elem $f)) (func $f)
            """);

        Assert.Equal(new Limits(1, 1, false), module.Memories[0].Limits);
        Assert.Equal(new Limits(0, 0, true), module.Memories[1].Limits);
        Assert.Equal([3, 1, 0], module.Data.Select(data => data.Bytes.Length));
        Assert.Equal([0x42, 0, 0x0B], module.Data[2].MemoryOffset.Code.ToArray());
        Assert.Equal([0, 0], module.Elements[0].Functions);
        Assert.Equal(new Limits(1, 1, true), module.Tables[1].Limits);
        Assert.Equal([0xD2, 0, 0x0B], Assert.Single(module.Elements[1].Expressions!).Code.ToArray());
        Assert.Equal("(ref null 0)", module.Elements[1].Type.ToString());
    }

    [Theory]
    [InlineData("(module binary \"\\00asm\" \"\\01\\00\\00\\00\")")]
    [InlineData("(module quote \"(mod\" \"ule $m)\")")]
    [InlineData("(module definition $m)")]
    [InlineData("(module)")]
    [InlineData(";; nothing")]
    public void A_module_may_be_written_in_several_ways(string text) => Assert.Empty(WatParser.Parse(text).Functions);

    [Theory]
    [InlineData("(module quote \"(module quote \\\"\\\")\")")]
    [InlineData("(module instance $a $b)")]
    [InlineData("(module) (module)")]
    [InlineData("(module $a $b)")]
    [InlineData("(func) (assert_return (invoke \"f\"))")]
    public void Scripts_are_no_modules(string text)
    {
        var error = Assert.Throws<WasmFormatException>(() => WatParser.Parse(text));
        Assert.StartsWith("unexpected token", error.Reason, StringComparison.Ordinal);
    }

    [Fact]
    public void Text_obeys_the_limits_of_binaries()
    {
        AtLimit(WasmLimits.MaxLocals, count => $"(func (local {Repeat("i32 ", count)}))");
        AtLimit(WasmLimits.MaxParameters, count => $"(func (param {Repeat("i32 ", count)}))");
        AtLimit(WasmLimits.MaxResults, count => $"(type (func (result {Repeat("i32 ", count)})))");
        AtLimit(WasmLimits.MaxFields, count => $"(type (struct (field {Repeat("i32 ", count)})))");
        AtLimit(WasmLimits.MaxMemories, count => Repeat("(memory 0)", count));
        AtLimit(WasmLimits.MaxTables, count => Repeat("(table 0 funcref)", count));
        AtLimit(WasmLimits.MaxDataSegments, count => Repeat("(data)", count));
        AtLimit(WasmLimits.MaxBranchTableTargets, count => $"(func (br_table {Repeat("0 ", count)} 0))");
        AtLimit(WasmLimits.MaxNameLength, count => $"(export \"{Repeat("a", count)}\" (func 0))");
        AtLimit(
            WasmLimits.MaxFunctionSize,
            count => $"(func {Repeat("f64.const 0 ", (count - 1) / 9)} {Repeat("nop ", (count - 1) % 9)})");

        static void AtLimit(int limit, Func<int, string> text)
        {
            WatParser.Parse(text(limit));
            var error = Assert.Throws<WasmFormatException>(() => WatParser.Parse(text(limit + 1)));
            Assert.Contains(limit.ToString(CultureInfo.InvariantCulture), error.Reason, StringComparison.Ordinal);
        }
    }

    private static string Repeat(string text, int count) => new StringBuilder().Insert(0, text, count).ToString();

    private static IEnumerable<(int, string)> Sorted(Dictionary<int, string> names) =>
        names.OrderBy(pair => pair.Key).Select(pair => (pair.Key, pair.Value));
}
