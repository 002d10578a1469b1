namespace TensorWasm.Cli.Tests.Commands;

/// <summary>Whatever is wrong with a file, each verb says what, where, and answers 1.</summary>
public sealed class WrongFileTests : CliTest
{
    public static TheoryData<string> Verbs => ["run", "compile", "inspect", "validate", "wat", "wasm"];

    [Theory]
    [MemberData(nameof(Verbs))]
    public void Missing(string verb) => Expect(verb, Path.Combine(Folder, "none.wasm"), "there is no file", "none.wasm", Environment.CurrentDirectory);

    [Theory]
    [MemberData(nameof(Verbs))]
    public void A_folder(string verb) => Expect(verb, Folder, Folder, "is a folder");

    [Theory]
    [MemberData(nameof(Verbs))]
    public void Empty(string verb) => Expect(verb, Write("empty.wasm", ""), "empty.wasm is empty");

    [Theory]
    [MemberData(nameof(Verbs))]
    public void Neither_binary_nor_text(string verb) =>
        Expect(verb, Write("picture.wasm", [0x89, 0x50, 0x4E, 0x47, 13, 10, 26, 10, 1, 2, 3]), "picture.wasm is neither a WebAssembly module");

    [Theory]
    [MemberData(nameof(Verbs))]
    public void A_component(string verb) =>
        // The component model, binary format: the preamble is magic, version 0x0d, layer 1.
        Expect(verb, Write("component.wasm", [0, 0x61, 0x73, 0x6D, 0x0D, 0, 1, 0]), "it is a component", "wasm32-wasip1");

    [Theory]
    [MemberData(nameof(Verbs))]
    public void Truncated(string verb)
    {
        // A type section (id 1) that claims 5 bytes and has one.
        var path = Write("cut.wasm", [0, 0x61, 0x73, 0x6D, 1, 0, 0, 0, 1, 5, 1]);
        Expect(verb, path, "cut.wasm is malformed at byte", "truncated or damaged");
    }

    [Theory]
    [MemberData(nameof(Verbs))]
    public void Text_with_an_error_has_line_and_column(string verb)
    {
        var path = Write("bad.wat", "(module\n  (func (export \"f\")\n    i32.sum))\n");
        Expect(verb, path, $"{path}:3:5: ");
    }

    [Theory]
    [InlineData("run")]
    [InlineData("compile")]
    [InlineData("inspect")]
    [InlineData("validate")]
    public void Invalid_modules_name_the_function(string verb)
    {
        var path = Write("invalid.wat", "(module (func) (func $second (result i32) (i64.const 1)))");
        Expect(verb, path, "invalid.wat is invalid", "function 1 (second)", "type mismatch");
    }

    [Fact]
    public void Invalid_binaries_name_the_byte()
    {
        // One function of type [] -> [i32] whose body is i64.const 1, at byte 0x1C by counting.
        var path = Write("invalid.wasm",
        [
            0, 0x61, 0x73, 0x6D, 1, 0, 0, 0,
            1, 5, 1, 0x60, 0, 1, 0x7F,
            3, 2, 1, 0,
            10, 6, 1, 4, 0, 0x42, 1, 0x0B,
        ]);
        Expect("validate", path, "invalid.wasm is invalid, function 0, byte 2", "type mismatch");
    }

    [Fact]
    public void Names_from_a_module_cannot_command_the_terminal()
    {
        var path = Write("escape.wat", "(module (import \"env\" \"\\1b[2J\\0aboo\" (func)))");
        var result = Run("run", path);
        Assert.Equal(ExitCodes.Failure, result.ExitCode);
        Assert.Contains("\\u{1b}[2J\\u{a}boo", result.Error, StringComparison.Ordinal);
        Assert.DoesNotContain('\x1b', result.Error + Run("inspect", path).Output);
    }

    [Fact]
    public void Of_many_files_each_wrong_one_is_reported()
    {
        var good = Write("good.wat", "(module)");
        var result = Run("validate", good, Write("a.wat", "(modul)"), good, Write("b.wat", "(module (func (result i32)))"));
        Assert.Equal(ExitCodes.Failure, result.ExitCode);
        Assert.Equal(2, result.Error.Split('\n', StringSplitOptions.RemoveEmptyEntries).Length);
        Assert.Equal(new CliResult(0, "", ""), Run("validate", good));
    }

    [Fact]
    public void Random_bytes_never_crash_a_verb()
    {
        var random = new Random(20_26);
        foreach (var verb in (string[])["run", "inspect", "validate", "wat", "wasm"])
        {
            for (var i = 0; i < 40; i++)
            {
                var bytes = new byte[random.Next(1, 200)];
                random.NextBytes(bytes);
                if (i % 2 == 0) "\0asm"u8[..System.Math.Min(4, bytes.Length)].CopyTo(bytes);
                var result = RunWith(bytes, CancellationToken.None, verb, "-");
                Assert.Equal(ExitCodes.Failure, result.ExitCode);
                Assert.StartsWith("Error: standard input", result.Error, StringComparison.Ordinal);
            }
        }
    }

    private static void Expect(string verb, string path, params string[] parts)
    {
        var result = Run(verb, path);
        Assert.Equal(ExitCodes.Failure, result.ExitCode);
        Assert.Equal("", result.Output);
        Assert.StartsWith("Error: ", result.Error, StringComparison.Ordinal);
        Assert.All(parts, part => Assert.Contains(part, result.Error, StringComparison.Ordinal));
        Assert.DoesNotContain("   at ", result.Error, StringComparison.Ordinal);
    }
}
