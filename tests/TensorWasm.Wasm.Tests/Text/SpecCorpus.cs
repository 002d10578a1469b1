namespace TensorWasm.Wasm.Tests.Text;

/// <summary>The specification's tests, which lie beside the repository.</summary>
internal static class SpecCorpus
{
    private static readonly string Root = Path.GetFullPath(Path.Combine(Repository.Root, "..", "shared", "spec"));

    /// <summary>
    /// Files of a part of the suite (<c>core</c>, <c>threads</c>, <c>legacy</c>), by path below the suite.
    /// </summary>
    public static IReadOnlyList<string> Files(string part)
    {
        if (!Directory.Exists(Root))
        {
            const string Reason = "the specification's tests are not at ../shared/spec; run eng/fetch-spec.sh";
            if (Environment.GetEnvironmentVariable("CI") == "true") Assert.Fail(Reason);
            Assert.Skip(Reason);
        }
        var files = Directory.GetFiles(Path.Combine(Root, part), "*.wast", SearchOption.AllDirectories);
        Array.Sort(files, StringComparer.Ordinal);
        Assert.NotEmpty(files);
        return Array.ConvertAll(files, file => Path.GetRelativePath(Root, file));
    }

    public static byte[] Read(string file) => File.ReadAllBytes(Path.Combine(Root, file));

    /// <summary>Every module command and assertion of the core suite, with the place it comes from.</summary>
    public static IEnumerable<(string Place, ScriptModule Module, AssertModuleCommand? Assertion)> CoreModules()
    {
        foreach (var file in Files("core"))
        {
            foreach (var command in WastScript.Parse(Read(file)).Commands)
            {
                var place = $"{file}:{command.Line}";
                if (command is ModuleCommand { Module: var module }) yield return (place, module, null);
                if (command is AssertModuleCommand assertion) yield return (place, assertion.Module, assertion);
            }
        }
    }
}
