using TensorWasm.Wasm.Tests.Text;

namespace TensorWasm.Wasm.Tests;

/// <summary>
/// The specification's own tests, as far as they need no execution: what must decode and validate, what is malformed and
/// what is invalid, each with the words that the test expects.
/// </summary>
public sealed class SpecValidationTests
{
    private const string End = "unexpected end of section or function";
    private const string Section = "malformed section id";

    /// <summary>
    /// Assertions whose finding we word differently. We never read past the end of a section or body, which the
    /// specification's interpreter does: for it, the bytes that follow decide what the error is. In binary-leb128.wast
    /// these are modules that also give a wrong section size.
    /// </summary>
    private static readonly Dictionary<string, string> OtherWords = new(StringComparer.Ordinal)
    {
        ["core/binary.wast:55"] = End,
        ["core/binary.wast:92"] = End,
        ["core/binary.wast:737"] = End,
        ["core/binary-leb128.wast:217"] = End,
        ["core/binary-leb128.wast:225"] = End,
        ["core/binary-leb128.wast:347"] = End,
        ["core/binary-leb128.wast:404"] = Section,
        ["core/binary-leb128.wast:461"] = Section,
        ["core/binary-leb128.wast:525"] = End,
        ["core/binary-leb128.wast:533"] = End,
        ["core/binary-leb128.wast:541"] = End,
        ["core/binary-leb128.wast:550"] = End,
        ["core/binary-leb128.wast:730"] = Section,
        ["core/binary-leb128.wast:749"] = Section,
        ["core/binary-leb128.wast:843"] = Section,
        ["core/binary-leb128.wast:862"] = Section,
    };

    [Fact]
    public void Every_valid_module_decodes_and_validates()
    {
        var failures = new List<string>();
        var count = 0;
        foreach (var (place, module, assertion) in SpecCorpus.CoreModules())
        {
            if (assertion is not (null or { Fault: ScriptModuleFault.Unlinkable or ScriptModuleFault.Trap })) continue;
            count++;
            try
            {
                WasmValidator.Validate(module.Load());
            }
            catch (WasmException error)
            {
                failures.Add($"{place}: {error.Message}");
            }
        }
        Assert.True(failures.Count == 0, Report(failures));
        Assert.True(count > 2_000, $"only {count} modules");
        TestContext.Current.TestOutputHelper?.WriteLine($"{count} modules");
    }

    [Fact]
    public void Every_malformed_module_is_refused_for_its_reason()
    {
        var count = Check(ScriptModuleFault.Malformed, module => WasmValidator.Validate(module.Load()), Reason);
        Assert.True(count > 1_900, $"only {count} assertions");

        static string? Reason(WasmException error) => (error as WasmFormatException)?.Reason;
    }

    [Fact]
    public void Every_invalid_module_is_refused_for_its_reason()
    {
        var count = Check(ScriptModuleFault.Invalid, module => WasmValidator.Validate(module.Load()), InvalidReason);
        Assert.True(count > 2_700, $"only {count} assertions");
    }

    [Fact]
    public void Every_invalid_module_is_refused_for_its_reason_after_a_trip_through_the_binary_format()
    {
        Check(
            ScriptModuleFault.Invalid,
            module => WasmValidator.Validate(WasmDecoder.Decode(WasmEncoder.Encode(module.Load()))),
            InvalidReason);
    }

    private static string? InvalidReason(WasmException error) => (error as WasmValidationException)?.Reason;

    private static int Check(
        ScriptModuleFault fault, Action<ScriptModule> use, Func<WasmException, string?> reasonOf)
    {
        var failures = new List<string>();
        var count = 0;
        foreach (var (place, module, assertion) in SpecCorpus.CoreModules())
        {
            if (assertion?.Fault != fault) continue;
            count++;
            var expected = OtherWords.GetValueOrDefault(place, assertion.Message);
            try
            {
                use(module);
                failures.Add($"{place}: accepted, not \"{expected}\"");
            }
            catch (WasmException error)
            {
                var reason = reasonOf(error);
                if (reason is null || !reason.StartsWith(expected, StringComparison.Ordinal))
                {
                    failures.Add($"{place}: {error.GetType().Name} \"{error.Message}\", not \"{expected}\"");
                }
            }
        }
        Assert.True(failures.Count == 0, Report(failures));
        TestContext.Current.TestOutputHelper?.WriteLine($"{count} assertions");
        return count;
    }

    private static string Report(List<string> failures) =>
        $"{failures.Count} failures\n" + string.Join('\n', failures.Take(40));
}
