using TensorWasm.Wasm.Tests.Binary;

namespace TensorWasm.Wasm.Tests.Validation;

// The size of the heap means something only while no other test runs.
[CollectionDefinition(nameof(TypeTableMemoryTests), DisableParallelization = true)]
[Collection(nameof(TypeTableMemoryTests))]
public sealed class TypeTableMemoryTests
{
    [Fact]
    public void A_stream_of_modules_with_new_types_leaves_nothing_behind()
    {
        const int Types = 5_000;
        const int Modules = 40;
        byte[] kinds = [0x7F, 0x7E, 0x7D, 0x7C, 0x7B, 0x70, 0x6F, 0x6E];
        Define(0);
        var before = GC.GetTotalMemory(forceFullCollection: true);
        for (var module = 1; module <= Modules; module++) Define(module);
        var kept = GC.GetTotalMemory(forceFullCollection: true) - before;
        Assert.True(kept < 20_000_000, $"{kept} bytes for {Modules * Types} types that are gone");

        void Define(int module)
        {
            // The parameters of a type spell its number in base 8.
            var types = Enumerable.Range(module * Types, Types).SelectMany(number =>
                (byte[])[0x60, 10, .. Enumerable.Range(0, 10).Select(digit => kinds[(number >> (3 * digit)) & 7]), 1, 0x7C]);
            var bytes = ModuleBytes.Of(ModuleBytes.Section(1, [.. ModuleBytes.Leb(Types), .. types]));
            Assert.Equal(Types, WasmDecoder.Decode(bytes).DefinedTypes.Distinct().Count());
        }
    }
}
