namespace TensorWasm.RealPrograms.Tests;

/// <summary>
/// Programs that Debian's clang and rustc compiled (tests/guests) print and answer what they do in Node's WASI.
/// </summary>
public sealed class CompiledProgramTests
{
    private const string Text = "the quick brown fox\njumps over the lazy dog; The END\n";

    private static readonly Dictionary<string, string> Variables = new() { ["PYTHONHASHSEED"] = "0" };

    [Theory]
    [InlineData("files.wasm")]
    [InlineData("environment.wasm", "one", "two words", "ü")]
    [InlineData("compute.wasm")]
    [InlineData("words.wasm")]
    [InlineData("words.wasm", "/data/missing.txt")]
    [InlineData("words.wasm", "/data/present.txt")]
    public void Program_EndsAsInNode(string name, params string[] arguments)
    {
        var path = Prerequisites.Guest(name);
        using TemporaryFolder theirs = new(), ours = new();
        File.WriteAllText(Path.Combine(theirs.Path, "present.txt"), Text);
        File.WriteAllText(Path.Combine(ours.Path, "present.txt"), Text);
        var oracle = Oracle.RunInNode(path, arguments, Text, theirs.Path + "::/data");

        var outcome = Sandbox.Run(
            path, arguments, new SandboxSettings { Input = Text, Variables = Variables, Folders = [(ours.Path, "/data")] });

        outcome.AssertSameAs(oracle);
        Assert.Equal(oracle.Errors, outcome.Errors);
        Assert.Equal(Names(theirs.Path), Names(ours.Path));
    }

    [Fact]
    public void RustPanic_PrintsItsMessageAndTraps()
    {
        var outcome = Sandbox.Run(Prerequisites.Guest("panics.wasm"), []);

        Assert.Equal(134, outcome.ExitCode);
        Assert.Contains("index out of bounds: the len is 3 but the index is 6", outcome.Errors, StringComparison.Ordinal);
        Assert.Contains("panic", outcome.Errors, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("hello.wasm", "hello", "Ada")]
    [InlineData("mandelbrot.wasm", "mandelbrot", "72")]
    public void Sample_PrintsWhatItsFolderSays(string module, string sample, string argument)
    {
        var samples = Path.Combine(Repository.Root, "samples");

        var outcome = Sandbox.Run(Path.Combine(samples, "wasm", module), [argument]);

        Assert.Equal(File.ReadAllText(Path.Combine(samples, sample, "expected.txt")), outcome.Output);
    }

    private static IEnumerable<string> Names(string folder) =>
        Directory.EnumerateFileSystemEntries(folder, "*", SearchOption.AllDirectories)
            .Select(path => Path.GetRelativePath(folder, path)).Order(StringComparer.Ordinal);
}
