using TensorWasm.Engine;
using TensorWasm.Engine.Compilation;

namespace TensorWasm.Fuzz;

/// <summary>Runs a module on V8 and on every configuration of our engine, and says where they differ.</summary>
internal sealed class Differ(V8Oracle oracle)
{
    /// <summary>How long one of our configurations may take for a module that ends by construction.</summary>
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(20);

    private static readonly (string Name, EngineOptions Options)[] Configurations =
    [
        ("automatic", new EngineOptions()),
        ("explicit", new EngineOptions { BoundsChecks = BoundsChecks.Explicit }),
        ("divided", new EngineOptions { JitLimits = JitLimits.Tiny }),
        ("fuel", new EngineOptions { CountFuel = true }),
    ];

    private readonly (string Name, EngineRunner Runner)[] _runners =
        [.. Configurations.Select(item => (item.Name, new EngineRunner(item.Options, Deadline)))];

    private readonly EngineRunner _scout = new(new EngineOptions(), TimeSpan.FromMilliseconds(500));

    /// <summary>The calls that were compared, and those of them that trapped.</summary>
    internal (long Calls, long Traps) Compared { get; private set; }

    /// <summary>What differs; null if nothing does, or nothing can be said.</summary>
    /// <param name="module">What to run.</param>
    /// <param name="mayHang">Whether the module may run forever: then it is tried in our engine first.</param>
    internal string? Difference(GeneratedModule module, bool mayHang)
    {
        if (mayHang && Guard(() => _scout.Run(module)) is [.., _] tried
            && tried[^1].StartsWith(EngineRunner.Interrupted, StringComparison.Ordinal))
        {
            return null;
        }
        var expected = oracle.Run(module);
        if (expected is null) return "V8 did not end in time, or crashed";
        foreach (var (name, runner) in _runners)
        {
            var actual = Guard(() => runner.Run(module));
            if (mayHang && actual[^1].StartsWith(EngineRunner.Interrupted, StringComparison.Ordinal)) return null;
            if (FirstDifference(expected, actual) is { } difference) return $"{name}: {difference}";
        }
        Compared = (
            Compared.Calls + expected.Length,
            Compared.Traps + expected.Count(outcome => outcome.StartsWith("trap", StringComparison.Ordinal)));
        return null;
    }

    /// <summary>What each engine and configuration makes of a module.</summary>
    internal IEnumerable<(string Name, string[] Outcomes)> Replay(GeneratedModule module)
    {
        yield return ("V8", oracle.Run(module) ?? ["no answer"]);
        foreach (var (name, runner) in _runners) yield return (name, Guard(() => runner.Run(module)));
    }

    private static string[] Guard(Func<string[]> run)
    {
        try
        {
            return run();
        }
        catch (Exception e) when (e is not OutOfMemoryException)
        {
            return [$"{e.GetType().Name}: {e.Message}"];
        }
    }

    private static string? FirstDifference(string[] expected, string[] actual)
    {
        for (var i = 0; i < Math.Max(expected.Length, actual.Length); i++)
        {
            var theirs = i < expected.Length ? expected[i] : "nothing";
            var ours = i < actual.Length ? actual[i] : "nothing";

            // Each engine has a stack of its own size; after that, their states differ.
            if (IsStack(theirs) || IsStack(ours)) return null;
            if (theirs != ours) return $"call {i}: V8 has '{theirs}', this engine '{ours}'";
        }
        return null;
    }

    private static bool IsStack(string outcome) => outcome.StartsWith("stack", StringComparison.Ordinal);
}
