using TensorWasm.Bench.Reporting;

namespace TensorWasm.Bench;

/// <summary>What the command line asks for, and where the repository's parts are.</summary>
internal sealed record Settings
{
    public IReadOnlyList<string> Suites { get; private init; } = [];
    public bool CpuTime { get; private init; }
    public int Repetitions { get; private init; } = 5;
    public IReadOnlyList<string> Only { get; private init; } = [];
    public string Results { get; private init; } = "";
    public string Label { get; private init; } = "local";
    public string Command { get; private init; } = "";
    public string Root { get; private init; } = "";

    public static string Node => Path("GUEST_NODE");
    public static string Programs => Path("GUEST_PROGRAMS");
    public string KernelFolder => System.IO.Path.Combine(Root, "bench", "kernels");
    public string V8Folder => System.IO.Path.Combine(Root, "bench", "v8");

    public bool Wants(string name) => Only.Count == 0 || Only.Contains(name);

    public static Settings Parse(string[] args)
    {
        var root = Repository.FindRoot();
        var settings = new Settings
        {
            Root = root,
            Results = System.IO.Path.Combine(root, "bench", "results"),
            Command = "TensorWasm.Bench " + string.Join(' ', args),
        };
        for (var i = 0; i < args.Length; i++)
        {
            settings = args[i] switch
            {
                "--repetitions" => settings with { Repetitions = int.Parse(args[++i], null) },
                "--only" => settings with { Only = args[++i].Split(',') },
                "--cpu-time" => settings with { CpuTime = true },
                "--results" => settings with { Results = args[++i] },
                "--label" => settings with { Label = args[++i] },
                _ => settings with { Suites = [.. settings.Suites, args[i]] },
            };
        }

        return settings;
    }

    private static string Path(string variable) =>
        Environment.GetEnvironmentVariable(variable)
        ?? throw new InvalidOperationException($"{variable} is not set: source eng/guest-paths.sh first");
}
