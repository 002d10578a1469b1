using System.Text.Json;
using System.Text.RegularExpressions;

namespace TensorWasm.Cli.Tests.Commands;

public sealed class InspectTests : CliTest
{
    private const string Guest = """
        (module $guest
          (import "wasi_snapshot_preview1" "fd_write" (func (param i32 i32 i32 i32) (result i32)))
          (import "wasi_snapshot_preview1" "path_open"
            (func (param i32 i32 i32 i32 i32 i64 i64 i32 i32) (result i32)))
          (import "wasi_unstable" "random_get" (func (param i32 i32) (result i32)))
          (import "wasi_snapshot_preview1" "sock_teleport" (func))
          (import "env" "table" (table 1 2 funcref))
          (memory (export "memory") 2 16)
          (global (export "counter") (mut i64) (i64.const 0))
          (func (export "_start") (drop (i32.extend8_s (i32.const 1))))
          (@custom "note" "12345"))
        """;

    [Fact]
    public void Text_shows_what_is_inside_and_what_it_may_ask_for()
    {
        var path = Write("guest.wat", Guest);
        var result = Run("inspect", path);
        Assert.Equal(0, result.ExitCode);
        var output = Regex.Replace(result.Output, " {2,}", "  ");
        foreach (var line in (string[])
        [
            ", named \"guest\"",
            "  1 function of its own, 4 functions imported",
            "Imports (5):",
            "  function  \"wasi_snapshot_preview1\" \"fd_write\"  [i32 i32 i32 i32] -> [i32]",
            "  table  \"env\" \"table\"  1 to 2 elements of funcref",
            "  memory  \"memory\"  2 to 16 pages",
            "  global  \"counter\"  mut i64",
            "  custom  10 B  \"note\"",
            "Features: mutable-globals, sign-extension",
            "  streams  fd_write",
            "  files  path_open",
            "  random  random_get",
            "  function \"wasi_snapshot_preview1\" \"sock_teleport\"",
            "  table \"env\" \"table\"",
        ])
        {
            Assert.Contains(line + "\n", output, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void Json_has_the_same_of_text_and_binary()
    {
        var text = Write("guest.wat", Guest);
        var binary = Path.Combine(Folder, "guest.wasm");
        Assert.Equal(0, Run("wasm", text, "-o", binary).ExitCode);
        using var fromText = JsonDocument.Parse(Run("inspect", "--json", text).Output);
        using var fromBinary = JsonDocument.Parse(Run("inspect", "--json", binary).Output);
        var root = fromBinary.RootElement;
        Assert.Equal("text", fromText.RootElement.GetProperty("format").GetString());
        Assert.Equal("binary", root.GetProperty("format").GetString());
        Assert.Equal(new FileInfo(binary).Length, root.GetProperty("bytes").GetInt64());
        foreach (var property in root.EnumerateObject().Where(property => property.Name is not ("file" or "format")))
        {
            Assert.Equal(property.Value.GetRawText(), fromText.RootElement.GetProperty(property.Name).GetRawText());
        }
        Assert.Equal("[i32 i32] -> [i32]", root.GetProperty("imports")[2].GetProperty("type").GetString());
        Assert.Equal(16, root.GetProperty("memories")[0].GetProperty("maximum").GetInt32());
        Assert.Equal("path_open", root.GetProperty("capabilities").GetProperty("files")[0].GetString());
        Assert.Equal(["sock_teleport", "table"], root.GetProperty("unknownImports").EnumerateArray().Select(import => import.GetProperty("name").GetString()));

        // Header, then for each section its id, its size in one byte, and its content.
        var sections = root.GetProperty("sections").EnumerateArray().ToList();
        Assert.Equal(root.GetProperty("bytes").GetInt32(), 8 + sections.Sum(section => section.GetProperty("bytes").GetInt32() + 2 + (section.GetProperty("bytes").GetInt32() > 127 ? 1 : 0)));
    }

    [Theory]
    [InlineData("", "(module (func (result i32) (i32.const 0)) (table 1 funcref) (memory 1) (data (i32.const 0) \"\"))")]
    [InlineData("multi-value", "(module (func (result i32 i32) (i32.const 0) (i32.const 0)))")]
    [InlineData("multi-value", "(module (func (i32.const 0) (block (param i32) (drop))))")]
    [InlineData("saturating-float-to-int", "(module (func (drop (i32.trunc_sat_f32_s (f32.const 0)))))")]
    [InlineData("bulk-memory", "(module (memory 1) (func (memory.fill (i32.const 0) (i32.const 0) (i32.const 0))))")]
    [InlineData("bulk-memory", "(module (memory 1) (data \"x\"))")]
    [InlineData("reference-types", "(module (func (param externref)))")]
    [InlineData("reference-types", "(module (table 1 funcref) (table 1 funcref))")]
    [InlineData("simd", "(module (func (local v128)))")]
    [InlineData("simd,relaxed-simd", "(module (func (param v128) (drop (i8x16.relaxed_swizzle (local.get 0) (local.get 0)))))")]
    [InlineData("tail-calls", "(module (func $f (return_call $f)))")]
    [InlineData("extended-const", "(module (global i32 (i32.add (i32.const 1) (i32.const 2))))")]
    [InlineData("multi-memory", "(module (memory 1) (memory 1))")]
    [InlineData("memory64", "(module (memory i64 1))")]
    [InlineData("typed-function-references", "(module (type $t (func)) (func (param (ref $t)) (call_ref $t (local.get 0))))")]
    [InlineData("garbage-collection", "(module (type (struct (field i32))))")]
    [InlineData("exceptions", "(module (tag $t) (func (throw $t)))")]
    [InlineData("threads", "(module (memory 1 1 shared))")]
    public void Features_are_those_of_the_proposal_that_brought_the_construct(string expected, string module)
    {
        using var json = JsonDocument.Parse(Run("inspect", "--json", Write("feature.wat", module)).Output);
        var features = json.RootElement.GetProperty("features").EnumerateArray().Select(feature => feature.GetString());
        Assert.Equal(expected, string.Join(',', features));
    }
}
