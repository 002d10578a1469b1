namespace TensorWasm.Host.Tests;

/// <summary>A WIT file of this room, and what is made from it.</summary>
internal sealed class WitFile
{
    private WitFile(string name, string guide, params (string Title, string[] Prefixes)[] groups)
    {
        (Name, Guide, Groups) = (name, guide, groups);
        Wit = WitParser.Parse(File.ReadAllText(Path.Combine(Folder, $"tensorwasm-{name}.wit")));
    }

    internal static string Folder { get; } = Path.Combine(Repository.Root, "src", "TensorWasm.Host", "Wit");

    internal static WitFile Gpu { get; } = new(
        "gpu", "gpu.md",
        ("Errors and devices", ["last-", "device-"]),
        ("Device memory", ["buffer-"]),
        ("Modules and kernels", ["module-", "kernel-"]),
        ("Launches and streams", ["launch", "stream-"]),
        ("Events", ["event-"]),
        ("Graphs", ["graph-"]));

    internal static WitFile Telemetry { get; } = new("telemetry", "gateway.md", ("Logs", ["log"]), ("Spans", ["span-"]));

    internal static IEnumerable<WitFile> All => [Gpu, Telemetry];

    /// <summary>The package's name behind the colon.</summary>
    internal string Name { get; }

    /// <summary>The page that explains its use.</summary>
    internal string Guide { get; }

    /// <summary>The headings of its reference, each with the beginnings of the functions' names below it.</summary>
    internal IReadOnlyList<(string Title, string[] Prefixes)> Groups { get; }

    internal WitInterface Wit { get; }

    internal string Header => Path.Combine(Folder, $"tensorwasm-{Name}.h");

    internal string Reference => Path.Combine(Repository.Root, "docs", $"{Name}-interface.md");
}
