using System.Diagnostics;

namespace TensorWasm.Fuzz;

/// <summary>Compares modules from a target until the time is up.</summary>
internal sealed class Campaign(V8Oracle oracle, string folder, TextWriter log)
{
    private const int EnoughFailures = 10;

    private readonly Differ _differ = new(oracle);

    internal int Modules { get; private set; }

    internal (long Calls, long Traps) Compared => _differ.Compared;

    internal List<string> Failures { get; } = [];

    /// <summary>Generated modules, seeds in order.</summary>
    internal void RunGenerated(ulong firstSeed, TimeSpan time)
    {
        var start = Stopwatch.GetTimestamp();
        for (var seed = firstSeed; Stopwatch.GetElapsedTime(start) < time && Failures.Count < EnoughFailures; seed++)
        {
            var module = ModuleGenerator.Generate(seed);
            Modules++;
            if (_differ.Difference(module, mayHang: false) is not { } difference) continue;
            var small = Minimizer.Minimize(seed, candidate => _differ.Difference(candidate, mayHang: false) is not null);
            Report(small, $"{difference}; minimised: {_differ.Difference(small, mayHang: false)}");
        }
    }

    /// <summary>Real modules with a few bytes of code changed.</summary>
    internal void RunMutated(MutatedModules source, TimeSpan time)
    {
        var start = Stopwatch.GetTimestamp();
        while (Stopwatch.GetElapsedTime(start) < time && Failures.Count < EnoughFailures)
        {
            var module = source.Next();
            Modules++;
            if (_differ.Difference(module, mayHang: true) is { } difference) Report(module, difference);
        }
    }

    private void Report(GeneratedModule module, string difference)
    {
        Directory.CreateDirectory(folder);
        var path = Path.Combine(folder, module.Name + ".wasm");
        File.WriteAllBytes(path, module.Bytes);
        File.WriteAllText(path + ".txt", $"{difference}\ncalls: {string.Join(", ", module.Calls)}\n");
        Failures.Add($"{path}: {difference}");
        log.WriteLine(Failures[^1]);
    }
}
