using System.Reflection;

namespace TensorWasm.Gpu.Attacks;

/// <summary>
/// Kernels as compilers wrote them: those of the samples and of the PTX tests, which are part of this program, and those
/// of the folders in TENSORWASM_ATTACK_CORPUS.
/// </summary>
internal static class KernelCorpus
{
    internal static IReadOnlyList<(string Name, string Text)> All { get; } = [.. Embedded(), .. Folders()];

    private static IEnumerable<(string Name, string Text)> Embedded()
    {
        var assembly = Assembly.GetExecutingAssembly();
        foreach (var name in assembly.GetManifestResourceNames().Order(StringComparer.Ordinal))
        {
            if (name.EndsWith(".ptx", StringComparison.Ordinal))
            {
                using var reader = new StreamReader(assembly.GetManifestResourceStream(name)!);
                yield return (name, reader.ReadToEnd());
            }
        }
    }

    private static IEnumerable<(string Name, string Text)> Folders()
    {
        var folders = Environment.GetEnvironmentVariable("TENSORWASM_ATTACK_CORPUS")?.Split(':', StringSplitOptions.RemoveEmptyEntries);
        foreach (var file in (folders ?? []).SelectMany(
            folder => Directory.EnumerateFiles(folder, "*.ptx", SearchOption.AllDirectories)).Order(StringComparer.Ordinal))
        {
            yield return (file, File.ReadAllText(file));
        }
    }
}
