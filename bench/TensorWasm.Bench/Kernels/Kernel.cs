using System.Text.Json;

namespace TensorWasm.Bench.Kernels;

/// <summary>One module whose export <c>run(n)</c> is timed.</summary>
internal sealed record Kernel(string Name, string Kind, int N)
{
    private static readonly JsonSerializerOptions Options = new(JsonSerializerDefaults.Web);

    public static IReadOnlyList<Kernel> ReadAll(Settings settings) =>
        [.. JsonSerializer
            .Deserialize<Kernel[]>(File.ReadAllBytes(Path.Combine(settings.KernelFolder, "kernels.json")), Options)!
            .Where(kernel => settings.Wants(kernel.Name))];

    public string ModulePath(Settings settings) => Path.Combine(settings.KernelFolder, "wasm", Name + ".wasm");
}
