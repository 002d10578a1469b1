using System.Diagnostics;
using static TensorWasm.Wasm.Tests.Binary.ModuleBytes;

namespace TensorWasm.Wasm.Tests.Validation;

/// <summary>
/// Input made to exhaust time, memory or the stack. Time bounds are generous, some hundred times what it takes, since what
/// they catch is a quadratic algorithm.
/// </summary>
public sealed class HostileInputTests
{
    private static readonly TimeSpan Bound = TimeSpan.FromSeconds(60);

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    [InlineData(5)]
    [InlineData(6)]
    [InlineData(7)]
    [InlineData(9)]
    [InlineData(10)]
    [InlineData(11)]
    [InlineData(13)]
    public void A_count_of_four_billion_allocates_nothing(byte section)
    {
        byte[] module = Of(Section(section, 0xFF, 0xFF, 0xFF, 0xFF, 0x0F));
        var before = GC.GetAllocatedBytesForCurrentThread();
        Assert.Throws<WasmFormatException>(() => WasmDecoder.Decode(module));
        Assert.True(GC.GetAllocatedBytesForCurrentThread() - before < 100_000);
    }

    [Theory]
    [InlineData(1, new byte[] { 1, 0x4E })]
    [InlineData(1, new byte[] { 1, 0x60 })]
    [InlineData(1, new byte[] { 1, 0x60, 0 })]
    [InlineData(1, new byte[] { 1, 0x5F })]
    [InlineData(1, new byte[] { 1, 0x50 })]
    [InlineData(2, new byte[] { 1 })]
    [InlineData(9, new byte[] { 1, 1, 0 })]
    [InlineData(9, new byte[] { 1, 5, 0x70 })]
    [InlineData(11, new byte[] { 1, 1 })]
    [InlineData(10, new byte[] { 1 })]
    [InlineData(10, new byte[] { 1, 6 })]
    public void A_count_of_four_billion_inside_a_section_allocates_nothing(byte section, byte[] start)
    {
        byte[] module = Of(Section(section, [.. start, 0xFF, 0xFF, 0xFF, 0xFF, 0x0F, 0x0B]));
        var before = GC.GetAllocatedBytesForCurrentThread();
        Assert.Throws<WasmFormatException>(() => WasmDecoder.Decode(module));
        Assert.True(GC.GetAllocatedBytesForCurrentThread() - before < 100_000);
    }

    [Theory]
    [InlineData(0x02)]
    [InlineData(0x03)]
    [InlineData(0x04)]
    public void A_million_nested_blocks_validate(byte opcode)
    {
        const int Depth = 1_000_000;
        byte[] open = opcode == 0x04 ? [0x41, 0, opcode, 0x40] : [opcode, 0x40];
        Within(() => Validate(OfFunction([.. Repeat(Depth, open), .. Repeat(Depth, 0x0B)])));
    }

    [Fact]
    public void A_million_blocks_that_never_end_are_malformed() => Within(() =>
        Assert.Throws<WasmFormatException>(() => Validate(OfFunction(Repeat(1_000_000, 0x02, 0x40)))));

    [Fact]
    public void A_deeply_nested_constant_expression_is_refused() => Within(() =>
    {
        byte[] global = [1, 0x7F, 0, .. Repeat(1_000_000, 0x02, 0x40), .. Repeat(1_000_000, 0x0B), 0x41, 0, 0x0B];
        var error = Assert.Throws<WasmValidationException>(() => Validate(Of(Section(6, global))));
        Assert.Equal("constant expression required", error.Reason);
    });

    [Fact]
    public void Long_branch_tables_to_many_labels_of_many_types_validate()
    {
        // 100 tables of 65,520 targets over 100 blocks of 1,000 results, each type reached by a different type index.
        const int Blocks = 100;
        byte[] types = Section(1,
        [
            Blocks + 2, 0x60, 0, 0,
            .. Enumerable.Range(0, Blocks).SelectMany(i =>
                (byte[])[0x60, 1, i % 2 == 0 ? (byte)0x7F : (byte)0x7E, .. Leb(1000), .. Repeat(1000, 0x7F)]),
            0x60, 0, .. Leb(1000), .. Repeat(1000, 0x7F),
        ]);
        byte[] targets = [0x0E, .. Leb(65_520), .. Enumerable.Range(0, 65_521).Select(i => (byte)(i % Blocks))];
        byte[] open =
            [.. Enumerable.Range(0, Blocks).SelectMany(i =>
                (byte[])[i % 2 == 0 ? (byte)0x41 : (byte)0x42, 0, 0x02, (byte)(0x81 + i), 0])];
        byte[] code =
        [
            .. open, .. Repeat(1000, 0x41, 0), 0x41, 0, .. targets,
            .. Repeat(99, [.. Repeat(1, 0x41, 0), .. targets]),
            .. Repeat(Blocks, 0x0B, 0x00), 0x00,
        ];
        Within(() => Validate(OfFunction(code, types: types)));
    }

    [Fact]
    public void A_hundred_thousand_functions_validate() => Within(() => Validate(Of(
        EmptyFunctionType,
        Section(3, [.. Leb(100_000), .. new byte[100_000]]),
        Section(10, [.. Leb(100_000), .. Repeat(100_000, 5, 0, 0x41, 1, 0x1A, 0x0B)]))));

    [Fact]
    public void A_million_functions_of_fifty_thousand_locals_validate()
    {
        byte[] body = [10, 1, .. Leb(50_000), 0x7F, 0x20, .. Leb(49_999), 0x0B];
        body[0] = (byte)(body.Length - 1);
        byte[] types = Section(1, 1, 0x60, 0, 1, 0x7F);
        Within(() => Validate(Of(
            types,
            Section(3, [.. Leb(1_000_000), .. new byte[1_000_000]]),
            Section(10, [.. Leb(1_000_000), .. Repeat(1_000_000, body)]))));
    }

    [Fact]
    public void Locals_in_many_groups_are_found_quickly()
    {
        // 50,000 groups of one local, and an empty group before each; the last one is of another type.
        byte[] locals =
            [.. Leb(100_000), .. Repeat(49_999, 0, 0x7E, 1, 0x7F), 0, 0x7E, 1, 0x7D];
        byte[] code = [.. Repeat(300_000, [0x20, .. Leb(49_998), 0x1A]), 0x20, .. Leb(49_999), 0x8C, 0x1A];
        Within(() => Validate(OfFunction(code, locals)));
    }

    [Fact]
    public void Calls_that_move_a_thousand_values_each_validate()
    {
        byte[] types = Section(1,
        [
            2, 0x60, 0, 0, 0x60, .. Leb(1000), .. Repeat(1000, 0x7F), .. Leb(1000), .. Repeat(1000, 0x7F),
        ]);
        byte[] body = [0, .. Repeat(1000, 0x41, 0), .. Repeat(1_000_000, 0x10, 0), 0x00, 0x0B];
        Within(() => Validate(Of(
            types,
            Section(2, 1, 0, 0, 0, 1),
            Section(3, 1, 0),
            Section(10, [1, .. Leb((uint)body.Length), .. body]))));
    }

    [Theory]
    [InlineData(0x10)]
    [InlineData(0x12)]
    public void Calls_that_match_a_thousand_subtypes_each_validate(byte call)
    {
        // Types 0 to 63 are a chain of structures; function 0 takes a thousand of type 0 and gives a thousand of type 63.
        const int Depth = 64;
        byte[] super = Repeat(1000, 0x63, 0);
        byte[] sub = Repeat(1000, 0x63, 63);
        byte[] types = Section(1,
        [
            Depth + 2,
            0x50, 0, 0x5F, 0, .. Enumerable.Range(0, Depth - 1).SelectMany(i => (byte[])[0x50, 1, (byte)i, 0x5F, 0]),
            0x60, .. Leb(1000), .. super, .. Leb(1000), .. sub,
            0x60, 0, .. Leb(1000), .. super,
        ]);
        byte[] body = [0, .. Repeat(1000, 0xD0, 63), .. Repeat(20_000, call, 0), 0x0B];
        Within(() => Validate(Of(
            types,
            Section(2, [1, 0, 0, 0, .. Leb(Depth)]),
            Section(3, [1, .. Leb(Depth + 1)]),
            Section(10, [1, .. Leb((uint)body.Length), .. body]))));
    }

    [Fact]
    public void Catch_clauses_for_a_thousand_values_each_validate()
    {
        byte[] values = [.. Leb(1000), .. Repeat(1000, 0x7F)];
        byte[] types = Section(1, [2, 0x60, .. values, 0, 0x60, 0, .. values]);
        byte[] body =
            [0, 0x02, 1, 0x1F, 0x40, .. Leb(500_000), .. Repeat(500_000, 0, 0, 0), 0x0B, 0x00, 0x0B, 0x0B];
        Within(() => Validate(Of(
            types,
            Section(3, 1, 1),
            Section(13, 1, 0, 0),
            Section(10, [1, .. Leb((uint)body.Length), .. body]))));
    }

    [Fact]
    public void An_array_of_four_billion_operands_is_refused_in_unreachable_code() => Within(() =>
    {
        byte[] code = [0x00, 0xFB, 0x08, 1, 0xFF, 0xFF, 0xFF, 0xFF, 0x0F, 0x1A];
        Assert.Throws<WasmValidationException>(() =>
            Validate(OfFunction(code, types: Section(1, 2, 0x60, 0, 0, 0x5E, 0x7F, 1))));
    });

    [Fact]
    public void Select_with_four_billion_types_is_refused() => Within(() =>
        Assert.ThrowsAny<WasmException>(() =>
            Validate(OfFunction([0x1C, 0xFF, 0xFF, 0xFF, 0xFF, 0x0F, .. Repeat(100_000, 0x7F)]))));

    private static void Validate(byte[] module) => WasmValidator.Validate(WasmDecoder.Decode(module));

    private static void Within(Action action)
    {
        var start = Stopwatch.GetTimestamp();
        action();
        var elapsed = Stopwatch.GetElapsedTime(start);
        Assert.True(elapsed < Bound, $"took {elapsed.TotalSeconds:f1} s");
    }
}
