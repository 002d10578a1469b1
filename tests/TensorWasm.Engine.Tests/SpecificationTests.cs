using TensorWasm.Engine.Scripts;
using TensorWasm.Wasm.Text;

namespace TensorWasm.Engine.Tests;

/// <summary>The specification's own tests, executed; expected values are theirs.</summary>
public sealed class SpecificationTests
{
    public static TheoryData<string> Files() => [.. SpecificationSuite.Files()];

    [Theory]
    [MemberData(nameof(Files), DisableDiscoveryEnumeration = false)]
    public void Core(string file) => Run(file, new WasmEngine());

    private static void Run(string file, WasmEngine engine)
    {
        var script = WastScript.Parse(File.ReadAllBytes(Path.Combine(SpecificationSuite.Root!, file)));
        var report = ScriptRunner.Run(engine, script);
        Assert.True(
            report.Failures.Count == 0,
            string.Join('\n', report.Failures.Take(20).Select(failure => $"{file}:{failure.Line}: {failure.Message}")));
    }
}
