using TensorWasm.Wasm.Tests.Text;

namespace TensorWasm.Wasm.Tests.Binary;

public sealed class RoundTripTests
{
    [Fact]
    public void Every_module_of_the_specification_survives_encoding_and_decoding()
    {
        var failures = new List<string>();
        var count = 0;
        foreach (var (place, module, assertion) in SpecCorpus.CoreModules())
        {
            if (assertion is { Fault: ScriptModuleFault.Malformed or ScriptModuleFault.MalformedCustom }) continue;
            count++;
            var first = module.Load();
            var bytes = WasmEncoder.Encode(first);
            var second = WasmDecoder.Decode(bytes);
            var (before, after) = (ModuleDump.Of(first), ModuleDump.Of(second));
            if (before != after) failures.Add($"{place}:\n{before}\n---\n{after}");
            Assert.Equal(bytes, WasmEncoder.Encode(second));
        }
        Assert.True(failures.Count == 0, $"{failures.Count} failures\n{string.Join('\n', failures.Take(4))}");
        Assert.True(count > 5_000, $"only {count} modules");
    }

    [Fact]
    public void Sections_in_their_shortest_form_come_back_byte_for_byte()
    {
        var module = ModuleBytes.Of(
            ModuleBytes.Section(0, 1, (byte)'a', 0xFF),
            ModuleBytes.Section(1, 2, 0x60, 0, 0, 0x4E, 2, 0x50, 0, 0x5F, 0, 0x5E, 0x78, 1),
            ModuleBytes.Section(2, 1, 1, (byte)'m', 1, (byte)'f', 0, 0),
            ModuleBytes.Section(0, 1, (byte)'b'),
            ModuleBytes.Section(3, 1, 0),
            ModuleBytes.Section(4, 2, 0x70, 0, 2, 0x40, 0, 0x64, 0x70, 1, 0, 1, 0xD2, 0, 0x0B),
            ModuleBytes.Section(5, 2, 1, 1, 2, 5, 1, 2),
            ModuleBytes.Section(13, 1, 0, 0),
            ModuleBytes.Section(6, 2, 0x7F, 0, 0x41, 5, 0x0B, 0x64, 0x70, 1, 0xD2, 0, 0x0B),
            ModuleBytes.Section(7, 1, 1, (byte)'x', 0, 1),
            ModuleBytes.Section(8, 1),
            ModuleBytes.Section(
                9, 8,
                0, 0x41, 0, 0x0B, 1, 1,
                1, 0, 1, 0,
                2, 1, 0x41, 0, 0x0B, 0, 1, 0,
                3, 0, 1, 0,
                4, 0x41, 0, 0x0B, 1, 0xD0, 0x70, 0x0B,
                5, 0x64, 0x70, 1, 0xD2, 0, 0x0B,
                6, 1, 0x41, 0, 0x0B, 0x64, 0x70, 0,
                7, 0x70, 0),
            ModuleBytes.Section(12, 3),
            ModuleBytes.Section(10, 1, 4, 1, 2, 0x7F, 0x0B),
            ModuleBytes.Section(11, 3, 0, 0x41, 0, 0x0B, 1, 0xAA, 1, 0, 2, 1, 0x42, 0, 0x0B, 0),
            ModuleBytes.Section(0, 1, (byte)'z'));
        var decoded = WasmDecoder.Decode(module);
        WasmValidator.Validate(decoded);
        Assert.Equal(module, WasmEncoder.Encode(decoded));

        Assert.Equal(3, decoded.Types.Count);
        Assert.Equal([new RecursionGroup(0, 1), new RecursionGroup(1, 2)], decoded.RecursionGroups);
        Assert.Equal([0, 2, 11], decoded.CustomSections.Select(section => (int)section.After));
        Assert.Equal(new LocalGroup(2, ValueType.I32), Assert.Single(decoded.Bodies[0].Locals));
        Assert.Equal(new Limits(1, 2, Is64: true), decoded.Memories[1].Limits);
    }
}
