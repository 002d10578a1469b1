using System.Diagnostics;
using System.Globalization;
using TensorWasm.Wasm.Tests.Binary;

namespace TensorWasm.Wasm.Tests.Fuzzing;

/// <summary>
/// Decodes and validates mutated modules. A run is a few thousand modules of a fixed seed, or, with
/// <c>TENSORWASM_FUZZ_SECONDS</c> set, as many modules of a random seed as that time allows.
/// </summary>
public sealed class ModuleFuzzTests
{
    private const int DefaultCount = 20_000;
    private static readonly TimeSpan TooLong = TimeSpan.FromSeconds(10);

    [Fact]
    public void Mutated_modules_are_valid_or_refused_and_nothing_else()
    {
        var seconds = Environment.GetEnvironmentVariable("TENSORWASM_FUZZ_SECONDS");
        var limit = seconds is null ? TimeSpan.MaxValue : TimeSpan.FromSeconds(int.Parse(seconds, CultureInfo.InvariantCulture));
        var seed = seconds is null ? 1 : Random.Shared.Next();
        var mutator = new ModuleMutator(seed);
        var start = Stopwatch.GetTimestamp();
        var valid = 0;
        var count = 0;
        for (; seconds is null ? count < DefaultCount : Stopwatch.GetElapsedTime(start) < limit; count++)
        {
            var bytes = mutator.Next();
            var began = Stopwatch.GetTimestamp();
            try
            {
                if (Check(bytes)) valid++;
            }
            catch (Exception error) when (error is not WasmException)
            {
                Assert.Fail($"seed {seed}, module {count}: {error}\n{Convert.ToHexString(bytes)}");
            }
            var took = Stopwatch.GetElapsedTime(began);
            Assert.True(took < TooLong, $"seed {seed}, module {count}: took {took}\n{Convert.ToHexString(bytes)}");
        }
        TestContext.Current.TestOutputHelper?.WriteLine($"seed {seed}: {count} modules, {valid} valid");
        Assert.InRange(valid, count / 100, count);
    }

    private static bool Check(byte[] bytes)
    {
        WasmModule module;
        try
        {
            module = WasmDecoder.Decode(bytes);
            WasmValidator.Validate(module);
        }
        catch (WasmException)
        {
            return false;
        }
        var again = WasmDecoder.Decode(WasmEncoder.Encode(module));
        WasmValidator.Validate(again);
        Assert.Equal(ModuleDump.Of(module), ModuleDump.Of(again));
        return true;
    }
}
