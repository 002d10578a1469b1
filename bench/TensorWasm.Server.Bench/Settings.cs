using TensorWasm.Bench.Reporting;

namespace TensorWasm.Server.Bench;

/// <summary>What the command line asks for, and where the repository's parts are.</summary>
internal sealed record Settings
{
    /// <summary>The published <c>tensorwasm</c>.</summary>
    public string Program { get; private init; } = "";

    /// <summary>The processors that servers have, as <c>taskset</c> takes them; null: all.</summary>
    public string? ServerProcessors { get; private init; }

    /// <summary>These settings with all of the machine's processors for servers.</summary>
    public Settings WithAllProcessors() => this with
    {
        ServerProcessors = File.ReadAllText("/sys/devices/system/cpu/online").Trim(),
    };

    public int Repetitions { get; private init; } = 7;

    /// <summary>Multiplies how long things run; below 1 for a quick look.</summary>
    public double Scale { get; private init; } = 1;

    public IReadOnlyList<string> Only { get; private init; } = [];
    public string Results { get; private init; } = "";
    public string Label { get; private init; } = "local";
    public string Command { get; private init; } = "";
    public string Root { get; private init; } = "";

    public TimeSpan Seconds(double seconds) => TimeSpan.FromSeconds(seconds * Scale);

    public static Settings Parse(string[] args)
    {
        var root = Repository.FindRoot();
        var settings = new Settings
        {
            Root = root,
            Results = Path.Combine(root, "bench", "results"),
            Command = "bench/run-gateway.sh " + string.Join(' ', args),
        };
        for (var i = 0; i < args.Length; i++)
        {
            settings = args[i] switch
            {
                "--program" => settings with { Program = args[++i] },
                "--server-processors" => settings with { ServerProcessors = args[++i] },
                "--repetitions" => settings with { Repetitions = int.Parse(args[++i], null) },
                "--scale" => settings with { Scale = double.Parse(args[++i], null) },
                "--only" => settings with { Only = args[++i].Split(',') },
                "--results" => settings with { Results = args[++i] },
                "--label" => settings with { Label = args[++i] },
                _ => throw new ArgumentException($"unknown option '{args[i]}'"),
            };
        }

        return settings;
    }
}
