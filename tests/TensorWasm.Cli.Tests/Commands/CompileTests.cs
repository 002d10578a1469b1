using System.Text.Json;

namespace TensorWasm.Cli.Tests.Commands;

public sealed class CompileTests : CliTest
{
    [Fact]
    public void What_was_compiled_is_run_from_the_cache()
    {
        var path = Write("math.wat", Math);
        var cache = Path.Combine(Folder, "cache");
        var compiled = Run("compile", "--code-cache", cache, path);
        Assert.SkipWhen(
            compiled.Error.Contains("crossgen2 was not found", StringComparison.Ordinal)
                && Environment.GetEnvironmentVariable("CI") != "true",
            compiled.Error);
        Assert.Equal("", compiled.Error);
        Assert.Equal(0, compiled.ExitCode);
        Assert.EndsWith($"the code is in {cache}.\n", compiled.Output, StringComparison.Ordinal);
        Assert.Equal($"{path} is in {cache} already.\n", Run("compile", "--code-cache", cache, path).Output);

        Assert.True(IsFromCache("--code-cache", cache));
        Assert.False(IsFromCache("--code-cache", cache, "--no-code-cache"));
        Assert.False(IsFromCache("--code-cache", cache, "--bounds-checks", "explicit") && IsFromCache("--code-cache", cache, "--fuel", "9"));

        bool IsFromCache(params string[] options)
        {
            var result = Run(["run", "--stats", "json", .. options, "--invoke", "add", path, "2", "3"]);
            Assert.Equal("5\n", result.Output);
            using var json = JsonDocument.Parse(result.Error);
            return json.RootElement.GetProperty("fromCache").GetBoolean();
        }
    }

    [Fact]
    public void A_cache_that_was_named_must_be_usable()
    {
        var file = Write("file", "not a folder");
        foreach (var verb in (string[])["run", "compile"])
        {
            var result = Run(verb, "--code-cache", file, Write("math.wat", Math));
            Assert.Equal(ExitCodes.Failure, result.ExitCode);
            Assert.StartsWith($"Error: the code cache {file} can't be used: ", result.Error, StringComparison.Ordinal);
        }
    }
}
