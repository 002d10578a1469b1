namespace TensorWasm.Cli.Tests.Commands;

public sealed class WastTests : CliTest
{
    private const string Passing = """
        (module (func (export "one") (result i32) (i32.const 1)))
        (assert_return (invoke "one") (i32.const 1))
        """;

    [Fact]
    public void Counts_per_file_and_in_all()
    {
        var first = Write("first.wast", Passing);
        var second = Write("second.wast", Passing + "\n(assert_return (invoke \"one\") (i32.const 2))\n");
        var result = Run("wast", first, second);
        Assert.Equal(ExitCodes.Failure, result.ExitCode);
        var lines = result.Output.Split('\n');
        Assert.Equal($"{first}: 2 passed, 0 failed, 0 skipped", lines[0]);
        Assert.Equal($"{second}: 2 passed, 1 failed, 0 skipped", lines[1]);
        Assert.StartsWith($"  {second}:3: failed: ", lines[2], StringComparison.Ordinal);
        Assert.Equal("2 scripts: 4 passed, 1 failed, 0 skipped", lines[3]);
    }

    [Theory]
    [InlineData("auto")]
    [InlineData("explicit")]
    public void Success_answers_0(string boundsChecks)
    {
        var path = Write("pass.wast", Passing);
        var expected = new CliResult(0, $"{path}: 2 passed, 0 failed, 0 skipped\n", "");
        Assert.Equal(expected, Run("wast", "--bounds-checks", boundsChecks, path));
    }

    [Fact]
    public void Skips_are_listed_on_demand()
    {
        var path = Write("skip.wast", "(thread $t (module))\n(wait $t)\n");
        Assert.Equal($"{path}: 0 passed, 0 failed, 2 skipped\n", Run("wast", path).Output);
        Assert.Contains($"\n  {path}:1: skipped: threads", Run("wast", "--verbose", path).Output, StringComparison.Ordinal);
    }

    [Fact]
    public void What_is_no_script_fails_and_the_others_still_count()
    {
        var result = Run("wast", Write("bad.wast", "(module)\n(assert_returns)"), Path.Combine(Folder, "none.wast"), Write("good.wast", Passing));
        Assert.Equal(ExitCodes.Failure, result.ExitCode);
        Assert.Contains("bad.wast:2: failed: column 2", result.Output, StringComparison.Ordinal);
        Assert.Contains("none.wast: failed: there is no file", result.Output, StringComparison.Ordinal);
        Assert.EndsWith("3 scripts: 2 passed, 2 failed, 0 skipped\n", result.Output, StringComparison.Ordinal);
    }

    [Fact]
    public void Cancellation_stops_a_script()
    {
        var path = Write("loop.wast", "(module (func (export \"f\") (loop (br 0))))\n(invoke \"f\")\n");
        using var cancellation = new CancellationTokenSource(TimeSpan.FromMilliseconds(300));
        Assert.Equal(ExitCodes.Interrupted, RunWith([], cancellation.Token, "wast", path).ExitCode);
    }
}
