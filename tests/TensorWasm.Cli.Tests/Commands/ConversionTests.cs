namespace TensorWasm.Cli.Tests.Commands;

public sealed class ConversionTests : CliTest
{
    // Counted by hand from the binary format: header; type [] -> [i32]; function; export "f"; code i32.const 42.
    private static readonly byte[] Binary =
    [
        0, 0x61, 0x73, 0x6D, 1, 0, 0, 0,
        1, 5, 1, 0x60, 0, 1, 0x7F,
        3, 2, 1, 0,
        7, 5, 1, 1, 0x66, 0, 0,
        10, 6, 1, 4, 0, 0x41, 42, 0x0B,
    ];

    [Fact]
    public void Wasm_assembles_the_text()
    {
        var source = Write("f.wat", "(module (func (export \"f\") (result i32) (i32.const 42)))");
        var target = Path.Combine(Folder, "f.wasm");
        Assert.Equal(new CliResult(0, "", ""), Run("wasm", source, "-o", target));
        Assert.Equal(Binary, File.ReadAllBytes(target));
    }

    [Fact]
    public void Wat_prints_text_that_assembles_to_the_same_bytes()
    {
        var printed = RunWith(Binary, default, "wat", "-");
        Assert.Equal(0, printed.ExitCode);
        Assert.StartsWith("(module", printed.Output, StringComparison.Ordinal);
        Assert.Contains("i32.const 42", printed.Output, StringComparison.Ordinal);
        var again = Path.Combine(Folder, "again.wasm");
        Assert.Equal(0, Run("wasm", Write("again.wat", printed.Output), "--output", again).ExitCode);
        Assert.Equal(Binary, File.ReadAllBytes(again));
    }

    [Fact]
    public void Output_that_cannot_be_written_is_an_error()
    {
        var result = RunWith(Binary, default, "wat", "-", "-o", Path.Combine(Folder, "none", "x.wat"));
        Assert.Equal(ExitCodes.Failure, result.ExitCode);
        Assert.Contains("x.wat can't be written: ", result.Error, StringComparison.Ordinal);
    }

    [Fact]
    public void A_binary_is_not_poured_onto_a_terminal()
    {
        using var output = new MemoryStream();
        using var error = new MemoryStream();
        var context = new CliContext(output, error, Stream.Null, default) { IsOutputTerminal = true };
        Assert.Equal(ExitCodes.Usage, CommandLine.Run(["wasm", Write("f.wat", "(module)")], context));
        Assert.Equal(0, output.Length);
    }
}
