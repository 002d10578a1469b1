using TensorWasm.Engine.Compilation;
using TensorWasm.Engine.Scripts;
using TensorWasm.Wasm.Text;

namespace TensorWasm.Engine.Tests;

/// <summary>
/// The specification's own tests, executed with guard pages and with explicit checks; expected values are theirs. Every
/// assertion is counted; none is skipped but those that need garbage collection, exceptions or threads.
/// </summary>
public sealed class SpecificationTests
{
    /// <summary>Files of which something needs a feature that the engine does not run.</summary>
    private static readonly string[] NeedLaterFeatures =
    [
        "core/exceptions/", "core/gc/",
        "core/instance.wast", // exceptions
        "core/bulk-memory/table_init.wast", "core/memory64/table_init64.wast", // arrays
    ];

    public static TheoryData<string, BoundsChecks> Files()
    {
        var data = new TheoryData<string, BoundsChecks>();
        foreach (var file in SpecificationSuite.Files())
        {
            data.Add(file, BoundsChecks.Automatic);
            data.Add(file, BoundsChecks.Explicit);
        }
        return data;
    }

    [Theory]
    [MemberData(nameof(Files))]
    public void Core(string file, BoundsChecks checks) => Run(file, new EngineOptions { BoundsChecks = checks });

    /// <summary>With as much of every function outlined as can be.</summary>
    [Theory]
    [MemberData(nameof(Files))]
    public void CoreDivided(string file, BoundsChecks checks) =>
        Run(file, new EngineOptions { BoundsChecks = checks, JitLimits = JitLimits.Tiny });

    private static void Run(string file, EngineOptions options)
    {
        SpecificationSuite.Require();
        var script = WastScript.Parse(File.ReadAllBytes(Path.Combine(SpecificationSuite.Root!, file)));
        var report = ScriptRunner.Run(new WasmEngine(options), script);
        Assert.True(report.Failures.Count == 0, Describe(file, report.Failures));
        Assert.True(report.Passed + report.Skips.Count == script.Commands.Count);
        if (!NeedLaterFeatures.Any(prefix => file.StartsWith(prefix, StringComparison.Ordinal)))
        {
            Assert.True(report.Skips.Count == 0, Describe(file, report.Skips));
        }
    }

    private static string Describe(string file, IReadOnlyList<(int Line, string Message)> entries) =>
        string.Join('\n', entries.Take(20).Select(entry => $"{file}:{entry.Line}: {entry.Message}"));
}
