using TensorWasm.Ptx.Syntax;

namespace TensorWasm.Ptx.Tests.Syntax;

public sealed class ParserTests
{
    private const string Header = ".version 8.0\n.target sm_80\n.address_size 64\n";

    private static IReadOnlyList<SyntaxNode> Body(string body)
    {
        PtxModule module = PtxModule.Parse($"{Header}.visible .entry k()\n{{\n{body}\n}}\n");
        Assert.Empty(module.Diagnostics);
        return module.Syntax!.Functions.Single().Body!.Statements;
    }

    private static InstructionSyntax Instruction(string text) => Assert.IsType<InstructionSyntax>(Body(text).Single());

    [Fact]
    public void Module_directives_are_read()
    {
        PtxModule module = PtxModule.Parse(".version 8.7\n.target sm_90a, debug\n.address_size 64\n");
        Assert.Equal((8, 7), (module.Syntax!.Major, module.Syntax.Minor));
        Assert.Equal(["sm_90a", "debug"], module.Syntax.Targets);
        Assert.Equal(64, module.Syntax.AddressSize);
    }

    [Theory]
    [InlineData("0", 0UL)]
    [InlineData("42", 42UL)]
    [InlineData("42U", 42UL)]
    [InlineData("0x1F", 31UL)]
    [InlineData("0xFFFFFFFFFFFFFFFFU", ulong.MaxValue)]
    [InlineData("017", 15UL)]
    [InlineData("0b101", 5UL)]
    [InlineData("18446744073709551615", ulong.MaxValue)]
    [InlineData("-1", ulong.MaxValue)]
    [InlineData("-9223372036854775808", 1UL << 63)]
    public void Integer_constants_follow_PTX_ISA_4_5_1(string text, ulong bits)
    {
        var immediate = Assert.IsType<ImmediateSyntax>(Instruction($"mov.b64 %rd1, {text};").Operands[1]);
        Assert.True(immediate.IsInteger);
        Assert.Equal(bits, immediate.Bits);
    }

    [Theory]
    [InlineData("0f3F800000", ImmediateKind.Single, 0x3F800000UL)]
    [InlineData("0d4000000000000000", ImmediateKind.Double, 0x4000000000000000UL)]
    [InlineData("1.5", ImmediateKind.Double, 0x3FF8000000000000UL)]
    [InlineData("-2.0", ImmediateKind.Double, 0xC000000000000000UL)]
    [InlineData("1.0e-3", ImmediateKind.Double, 0x3F50624DD2F1A9FCUL)]
    [InlineData("2e+1", ImmediateKind.Double, 0x4034000000000000UL)]
    public void Floating_constants_follow_PTX_ISA_4_5_2(string text, ImmediateKind kind, ulong bits)
    {
        var immediate = Assert.IsType<ImmediateSyntax>(Instruction($"mov.f32 %f1, {text};").Operands[1]);
        Assert.Equal((kind, bits), (immediate.Kind, immediate.Bits));
    }

    [Theory]
    [InlineData("[%rd1]", "%rd1", 0)]
    [InlineData("[ %rd1 + 0 ]", "%rd1", 0)]
    [InlineData("[%rd1+-16]", "%rd1", -16)]
    [InlineData("[%rd1-16]", "%rd1", -16)]
    [InlineData("[table+0x10]", "table", 16)]
    [InlineData("[128]", null, 128)]
    public void Addresses_have_a_base_and_an_offset(string text, string? name, long offset)
    {
        var address = Assert.IsType<AddressSyntax>(Instruction($"ld.global.u32 %r1, {text};").Operands[1]);
        Assert.Equal((name, offset), (address.Base, address.Offset));
    }

    [Fact]
    public void Guards_vectors_pairs_and_sinks_are_read()
    {
        InstructionSyntax load = Instruction("@!%p1 ld.global.v4.f32 {%f1, _, %f3, %f4}, [%rd1];");
        Assert.Equal(("%p1", true), (load.Guard!.Register, load.Guard.IsNegated));
        Assert.Equal("ld.global.v4.f32", load.Opcode);
        Assert.IsType<SinkSyntax>(Assert.IsType<VectorSyntax>(load.Operands[0]).Elements[1]);
        var pair = Assert.IsType<PairSyntax>(Instruction("setp.lt.s32 %p1|%p2, %r1, %r2;").Operands[0]);
        Assert.IsType<NameSyntax>(pair.Second);
        var special = Assert.IsType<NameSyntax>(Instruction("mov.u32 %r1, %tid.x;").Operands[1]);
        Assert.Equal(("%tid", ".x"), (special.Name, special.Component));
    }

    [Fact]
    public void Call_sequences_are_read()
    {
        const string Text = """
            { .param .b64 p0; st.param.b64 [p0], %rd1; .param .b32 r0;
            call.uni (r0), f, (p0, 4);
            ld.param.b32 %r1, [r0]; }
            """;
        var block = Assert.IsType<BlockSyntax>(Body(Text).Single());
        var call = Assert.IsType<InstructionSyntax>(block.Statements[3]);
        Assert.Equal(2, Assert.IsType<ArgumentListSyntax>(call.Operands[2]).Arguments.Count);
    }

    [Fact]
    public void Branch_targets_are_read()
    {
        IReadOnlyList<SyntaxNode> body = Body("t: .branchtargets A, B;\nbrx.idx %r1, t;\nA: B: ret;");
        Assert.Equal(["A", "B"], Assert.IsType<BranchTargetsSyntax>(body[1]).Labels);
    }

    [Fact]
    public void Positions_count_lines_and_columns_from_one()
    {
        IReadOnlyList<SyntaxNode> body = Body("  ret;\n/* two\nlines */ exit;");
        Assert.Equal(new SourcePosition(6, 3), body[0].Position);
        Assert.Equal(new SourcePosition(8, 10), body[1].Position);
    }

    [Fact]
    public void All_mistakes_are_reported_each_with_its_instruction()
    {
        PtxModule module = PtxModule.Parse(
            $"{Header}.visible .entry k()\n{{\nadd.s32 %r1 %r2;\nret;\nmov.u32 %r1, ?;\n}}\n");
        Assert.Null(module.Syntax);
        Assert.Equal([6, 8, 8], module.Diagnostics.Select(d => d.Position.Line));
        Assert.Equal("add.s32", module.Diagnostics[0].Instruction);
        Assert.Equal(13, module.Diagnostics[0].Position.Column);
    }
}
