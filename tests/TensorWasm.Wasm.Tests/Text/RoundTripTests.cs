namespace TensorWasm.Wasm.Tests.Text;

public sealed class RoundTripTests
{
    // Binaries with integers in more bytes than they need, and with an index of memory 0 that need not be there.
    private static readonly string[] LongEncodings = ["core/binary-leb128.wast:", "core/align.wast:948"];

    [Fact]
    public void Every_module_of_the_specification_survives_printing()
    {
        var failures = new List<string>();
        var count = 0;
        foreach (var (place, source, assertion) in SpecCorpus.CoreModules())
        {
            WasmModule module;
            try
            {
                module = source.Load();
            }
            catch (WasmFormatException) when (assertion is { Fault: ScriptModuleFault.Malformed })
            {
                continue;
            }
            count++;
            try
            {
                var text = WatPrinter.Print(module);
                var again = WatParser.Parse(text);
                if (text != WatPrinter.Print(again)) failures.Add($"{place}: printed twice, not the same\n{text}");

                if (LongEncodings.Any(prefix => place.StartsWith(prefix, StringComparison.Ordinal))) continue;
                var isText = source.Kind != ScriptModuleKind.Binary;
                if (ModuleDump.Of(module, isText) != ModuleDump.Of(again, isText))
                {
                    var dumps = $"{ModuleDump.Of(module)}\n{ModuleDump.Of(again)}";
                    failures.Add($"{place}: not the same module\n{text}\n{dumps}");
                }
            }
            catch (WasmFormatException error) when (error.Line == 0 && assertion is not null)
            {
                // Bodies are not decoded before validation, so a binary may be malformed there.
            }
            catch (WasmFormatException error)
            {
                failures.Add($"{place}: {error.Message}");
            }
        }
        Assert.True(failures.Count == 0, $"{failures.Count}\n" + string.Join('\n', failures.Take(5)));
        Assert.True(count > 4500, $"only {count} modules");
    }
}
