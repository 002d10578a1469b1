namespace TensorWasm.Wasm.Tests.Text;

public sealed class SpecTextTests
{
    [Theory]
    [InlineData("core", 200)]
    [InlineData("threads", 5)]
    [InlineData("legacy", 4)]
    public void Every_script_parses(string part, int atLeast)
    {
        var files = SpecCorpus.Files(part);
        Assert.True(files.Count >= atLeast, $"only {files.Count} files");
        Assert.All(files, file => Assert.NotEmpty(WastScript.Parse(SpecCorpus.Read(file)).Commands));
    }

    [Fact]
    public void Every_well_formed_module_parses()
    {
        var failures = new List<string>();
        var count = 0;
        foreach (var (place, module, assertion) in SpecCorpus.CoreModules())
        {
            if (assertion is { Fault: ScriptModuleFault.Malformed or ScriptModuleFault.MalformedCustom }) continue;
            if (module.Kind == ScriptModuleKind.Binary) continue;
            count++;
            try
            {
                module.Load();
            }
            catch (WasmFormatException error)
            {
                failures.Add($"{place}: {error.Message}");
            }
        }
        Assert.True(failures.Count == 0, string.Join('\n', failures.Take(50)));
        Assert.True(count > 4000, $"only {count} modules");
    }

    [Fact]
    public void Every_malformed_text_is_refused_for_its_reason()
    {
        var failures = new List<string>();
        var count = 0;
        foreach (var (place, module, assertion) in SpecCorpus.CoreModules())
        {
            if (assertion is not { Fault: ScriptModuleFault.Malformed } || module.Kind == ScriptModuleKind.Binary)
            {
                continue;
            }
            count++;
            try
            {
                module.Load();
                failures.Add($"{place}: accepted, not \"{assertion.Message}\"");
            }
            catch (WasmFormatException error)
            {
                if (error.Line < 1 || error.Column < 1) failures.Add($"{place}: no place in \"{error.Message}\"");
                if (!error.Reason.StartsWith(assertion.Message, StringComparison.Ordinal))
                {
                    failures.Add($"{place}: \"{error.Reason}\", not \"{assertion.Message}\"");
                }
            }
        }
        Assert.True(failures.Count == 0, string.Join('\n', failures.Take(50)));
        Assert.True(count > 1000, $"only {count} assertions");
    }
}
