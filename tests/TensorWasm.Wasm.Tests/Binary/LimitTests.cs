using static TensorWasm.Wasm.Tests.Binary.ModuleBytes;

namespace TensorWasm.Wasm.Tests.Binary;

/// <summary>Each limit of <see cref="WasmLimits"/> that a test can reach: the last size that works, and one more.</summary>
public sealed class LimitTests
{
    [Fact]
    public void Types() => Check(
        WasmLimits.MaxTypes, count => Of(Section(1, [.. Leb((uint)count), .. Repeat(count, 0x60, 0, 0)])), "too many");

    [Fact]
    public void Types_in_one_recursion_group() => Check(
        WasmLimits.MaxTypes,
        count => Of(Section(1, [1, 0x4E, .. Leb((uint)count), .. Repeat(count, 0x60, 0, 0)])), "too many types");

    [Fact]
    public void Parameters() => Check(
        WasmLimits.MaxParameters,
        count => Of(Section(1, [1, 0x60, .. Leb((uint)count), .. Repeat(count, 0x7F), 0])), "too many parameters");

    [Fact]
    public void Results() => Check(
        WasmLimits.MaxResults,
        count => Of(Section(1, [1, 0x60, 0, .. Leb((uint)count), .. Repeat(count, 0x7F)])), "too many results");

    [Fact]
    public void Fields() => Check(
        WasmLimits.MaxFields,
        count => Of(Section(1, [1, 0x5F, .. Leb((uint)count), .. Repeat(count, 0x7F, 0)])), "too many fields");

    [Fact]
    public void Functions() => Check(
        WasmLimits.MaxFunctions,
        count => Of(
            EmptyFunctionType,
            Section(3, [.. Leb((uint)count), .. new byte[count]]),
            Section(10, [.. Leb((uint)count), .. Repeat(count, 2, 0, 0x0B)])),
        "too many functions");

    [Fact]
    public void Imported_functions_count() => Check(
        WasmLimits.MaxFunctions,
        count => Of(
            EmptyFunctionType,
            Section(2, 1, 0, 0, 0, 0),
            Section(3, [.. Leb((uint)count - 1), .. new byte[count - 1]]),
            Section(10, [.. Leb((uint)count - 1), .. Repeat(count - 1, 2, 0, 0x0B)])),
        "too many functions");

    [Fact]
    public void Memories() => Check(
        WasmLimits.MaxMemories,
        count => Of(Section(5, [.. Leb((uint)count), .. Repeat(count, 0, 0)])), "too many memories");

    [Fact]
    public void Tables() => Check(
        WasmLimits.MaxTables,
        count => Of(Section(4, [.. Leb((uint)count), .. Repeat(count, 0x70, 0, 0)])), "too many tables");

    [Fact]
    public void Data_segments() => Check(
        WasmLimits.MaxDataSegments,
        count => Of(Section(11, [.. Leb((uint)count), .. Repeat(count, 1, 0)])), "too many data segments");

    [Fact]
    public void Name_length() => Check(
        WasmLimits.MaxNameLength,
        count => Of(EmptyFunctionType, Section(2, [1, .. Leb((uint)count), .. Repeat(count, 0x61), 0, 0, 0])), "name of");

    [Fact]
    public void Custom_sections() => Check(
        WasmLimits.MaxCustomSections, count => Of(Repeat(count, Section(0, 0))), "too many custom sections");

    [Fact]
    public void Locals() => Check(
        WasmLimits.MaxLocals, count => OfFunction([], [1, .. Leb((uint)count), 0x7F]), "too many locals");

    [Fact]
    public void Parameters_are_locals()
    {
        byte[] type = Section(1, 1, 0x60, 1, 0x7F, 0);
        WasmValidator.Validate(WasmDecoder.Decode(OfFunction([], [1, .. Leb(WasmLimits.MaxLocals - 1), 0x7F], type)));
        var module = WasmDecoder.Decode(OfFunction([], [1, .. Leb(WasmLimits.MaxLocals), 0x7F], type));
        var error = Assert.Throws<WasmValidationException>(() => WasmValidator.Validate(module));
        Assert.StartsWith("too many locals", error.Reason, StringComparison.Ordinal);
        Assert.Equal(0, error.Function);
    }

    [Fact]
    public void Targets_of_br_table() => Check(
        WasmLimits.MaxBranchTableTargets,
        count => OfFunction([0x41, 0, 0x0E, .. Leb((uint)count), .. new byte[count + 1]]), "too many br_table targets");

    [Fact]
    public void Function_size() => Check(
        WasmLimits.MaxFunctionSize,
        size => OfFunction(Repeat(size - 2, 0x01)), "function body of");

    [Fact]
    public void Operands()
    {
        // 1,000 results a call.
        byte[] types = Section(1, [2, 0x60, 0, 0, 0x60, 0, .. Leb(1000), .. Repeat(1000, 0x7F)]);
        Validate(WasmLimits.MaxOperands / 1000);
        var error = Assert.Throws<WasmValidationException>(() => Validate((WasmLimits.MaxOperands / 1000) + 1));
        Assert.StartsWith("operand stack too deep", error.Reason, StringComparison.Ordinal);

        void Validate(int calls)
        {
            byte[] body = [0, .. Repeat(calls, 0x10, 0), 0x00, 0x0B];
            WasmValidator.Validate(WasmDecoder.Decode(Of(
                types,
                Section(2, 1, 0, 0, 0, 1),
                Section(3, 1, 0),
                Section(10, [1, .. Leb((uint)body.Length), .. body]))));
        }
    }

    [Fact]
    public void Length_of_a_fixed_array()
    {
        Validate(WasmLimits.MaxFixedArrayLength);
        var error = Assert.Throws<WasmValidationException>(() => Validate(WasmLimits.MaxFixedArrayLength + 1));
        Assert.StartsWith("too many operands", error.Reason, StringComparison.Ordinal);

        static void Validate(int count) => WasmValidator.Validate(WasmDecoder.Decode(OfFunction(
            [.. Repeat(count, 0x41, 0), 0xFB, 0x08, 1, .. Leb((uint)count), 0x1A],
            types: Section(1, 2, 0x60, 0, 0, 0x5E, 0x7F, 1))));
    }

    [Fact]
    public void Depth_of_subtyping()
    {
        WasmValidator.Validate(WasmDecoder.Decode(Chain(WasmLimits.MaxSubtypingDepth + 1)));
        var module = WasmDecoder.Decode(Chain(WasmLimits.MaxSubtypingDepth + 2));
        var error = Assert.Throws<WasmValidationException>(() => WasmValidator.Validate(module));
        Assert.StartsWith("sub type", error.Reason, StringComparison.Ordinal);

        static byte[] Chain(int types) => Of(Section(
            1, [(byte)types, 0x50, 0, 0x5F, 0, .. Enumerable.Range(0, types - 1).SelectMany(i => new byte[] { 0x50, 1, (byte)i, 0x5F, 0 })]));
    }

    private static void Check(int limit, Func<int, byte[]> module, string reason)
    {
        WasmValidator.Validate(WasmDecoder.Decode(module(limit)));
        var error = Assert.Throws<WasmFormatException>(() => WasmValidator.Validate(WasmDecoder.Decode(module(limit + 1))));
        Assert.StartsWith(reason, error.Reason, StringComparison.Ordinal);
    }
}
