namespace TensorWasm.Fuzz;

/// <summary>Leaves statements and expressions out of a generated module as long as it still shows a difference.</summary>
internal static class Minimizer
{
    internal static GeneratedModule Minimize(ulong seed, Func<GeneratedModule, bool> fails)
    {
        var omitted = new HashSet<int>();
        var best = ModuleGenerator.Generate(seed);
        var parts = best.Parts;
        for (var step = Math.Max(1, parts / 2); ; step /= 2)
        {
            for (var start = 0; start < parts; start += step)
            {
                var attempt = new HashSet<int>(omitted);
                for (var i = start; i < Math.Min(parts, start + step); i++) attempt.Add(i);
                if (attempt.Count == omitted.Count) continue;
                var candidate = ModuleGenerator.Generate(seed, attempt);
                if (!fails(candidate)) continue;
                omitted = attempt;
                best = candidate;
            }
            if (step <= 1) return best;
        }
    }
}
