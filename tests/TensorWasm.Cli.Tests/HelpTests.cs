namespace TensorWasm.Cli.Tests;

/// <summary>The help texts are files beside this one, read and approved by a person.</summary>
public sealed class HelpTests : CliTest
{
    public static TheoryData<string> Verbs =>
    [
        "run", "compile", "inspect", "validate", "wat", "wasm", "wast", "completions",
        "ptx", "ptx check", "ptx fence", "ptx explain", "devices",
        "serve", "deploy", "invoke", "functions", "functions list", "functions get", "functions alias", "functions delete",
        "jobs", "jobs list", "jobs wait", "jobs get", "jobs output", "jobs cancel",
        "traces", "traces list", "traces get", "usage",
        "kernel", "kernel publish", "kernel envelope", "kernel list", "kernel get", "kernel share", "kernel unshare",
        "kernel delete", "kernel verify",
        "tenant", "tenant list", "tenant get", "tenant create", "tenant update", "tenant delete",
        "token", "token list", "token create", "token rotate", "token revoke",
        "audit", "audit verify", "audit head", "metrics", "observe",
    ];

    [Fact]
    public void Help_of_the_program() => Check("tensorwasm", Run("--help"));

    [Theory]
    [MemberData(nameof(Verbs))]
    public void Help_of_each_verb(string verb) =>
        Check(verb.Replace(' ', '-'), Run([.. verb.Split(' '), "--help"]));

    [Fact]
    public void Without_arguments_the_help_is_an_error()
    {
        var result = Run();
        Assert.Equal(ExitCodes.Usage, result.ExitCode);
        Assert.Equal("", result.Output);
        Assert.Equal(Approved("tensorwasm"), result.Error);
    }

    [Fact]
    public void Version_is_that_of_the_product() =>
        Assert.Matches(@"^tensorwasm \d+\.\d+\.\d+(-\S+)?\n$", Run("--version").Output);

    private static void Check(string name, CliResult result)
    {
        Assert.Equal(0, result.ExitCode);
        Assert.Equal("", result.Error);
        Assert.Equal(Approved(name), result.Output);
        Assert.All(result.Output.Split('\n'), line => Assert.InRange(line.Length, 0, 104));
    }

    private static string Approved(string name)
    {
        var path = Path.Combine(AppContext.BaseDirectory, "Help", name + ".txt");
        return File.Exists(path) ? File.ReadAllText(path) : $"{path} is missing";
    }
}
