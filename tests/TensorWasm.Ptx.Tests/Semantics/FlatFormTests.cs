using TensorWasm.Ptx.Diagnostics;
using TensorWasm.Ptx.Ir;
using TensorWasm.Ptx.Tests.TestSupport;

namespace TensorWasm.Ptx.Tests.Semantics;

public sealed class FlatFormTests
{
    private static string[] Code(Kernel kernel) =>
        [.. kernel.Blocks.SelectMany(block => block.Instructions).Select(instruction => instruction.ToString())];

    [Fact]
    public void Registers_of_inner_scopes_get_names_of_their_own()
    {
        Kernel kernel = PtxText.Kernel("mov.u32 %r1, 1; { .reg .b32 %r<5>; mov.u32 %r1, 2; } mov.u32 %r1, 3; ret;");
        Assert.Equal(
            ["mov.u32 %r1, 1;", "mov.u32 %r1_1, 2;", "mov.u32 %r1, 3;", "ret;"], Code(kernel));
    }

    [Fact]
    public void Calls_are_inlined_through_their_parameters()
    {
        const string Callee = """
            .func (.param .b32 out) twice(.param .b32 in)
            { .reg .b32 %a<3>; ld.param.u32 %a1, [in]; add.s32 %a2, %a1, %a1; st.param.b32 [out], %a2; ret; }
            """;
        Kernel kernel = PtxText.Kernel(
            "{ .param .b32 p; .param .b32 q; st.param.b32 [p], %r1; call.uni (q), twice, (p); ld.param.b32 %r2, [q]; } ret;",
            globals: Callee);
        Assert.Equal(
            [
                "mov.b32 %tw_slot, %r1;",
                "mov.b32 %a1, %tw_slot;",
                "add.s32 %a2, %a1, %a1;",
                "mov.b32 %tw_slot_1, %a2;",
                "bra $tw_return;",
                "mov.b32 %r2, %tw_slot_1;",
                "ret;",
            ],
            Code(kernel));
    }

    [Fact]
    public void Recursion_is_refused()
    {
        const string Callee = ".func f() { call.uni f; ret; }\n";
        Assert.Contains("recursive", PtxText.Refused("ret;", globals: Callee).Reason, StringComparison.Ordinal);
    }

    [Fact]
    public void Calls_that_double_at_each_level_end_at_the_limit()
    {
        var text = new System.Text.StringBuilder(".func f0() { membar.cta; ret; }\n");
        for (int i = 1; i < 30; i++)
        {
            text.Append($".func f{i}() {{ call f{i - 1}; call f{i - 1}; ret; }}\n");
        }

        PtxVerification result = PtxText.Verify(PtxText.Module("call f29; ret;", globals: text.ToString()));
        Assert.Contains(result.Diagnostics, diagnostic => diagnostic.Id == PtxDiagnosticId.Limit);
    }

    [Fact]
    public void Code_that_nothing_reaches_is_dropped()
    {
        Kernel kernel = PtxText.Kernel("bra $end; $dead: st.global.u32 [%rd1], %r1; bra $dead; $end: ret;");
        Assert.Equal(["bra $end;", "ret;"], Code(kernel));
    }

    [Fact]
    public void A_body_that_runs_off_its_end_returns()
    {
        Assert.Equal(["mov.u32 %r1, 1;", "ret;"], Code(PtxText.Kernel("mov.u32 %r1, 1;")));
    }

    [Fact]
    public void Signatures_follow_the_C_layout()
    {
        Kernel kernel = PtxText.Kernel(
            "ret;", ".param .u8 a, .param .u64 .ptr .global .align 4 b, .param .f32 c, .param .align 8 .b8 d[12], .param .u16 e");
        // Offsets by hand: 0; 8; 16; 24 (aligned 8); 36.
        Assert.Equal([0, 8, 16, 24, 36], kernel.Signature.Parameters.Select(p => p.Offset));
        Assert.Equal([1, 8, 4, 12, 2], kernel.Signature.Parameters.Select(p => p.Size));
        Assert.Equal(
            [ParameterKind.Integer, ParameterKind.Pointer, ParameterKind.Float, ParameterKind.Structure, ParameterKind.Integer],
            kernel.Signature.Parameters.Select(p => p.Kind));
        Assert.Equal(38, kernel.Signature.Size);
    }

    [Fact]
    public void Initial_values_become_bytes()
    {
        Kernel kernel = PtxText.Kernel(
            "ld.const.u32 %r1, [t]; ld.global.f32 %f1, [g]; ret;",
            globals: ".const .u16 t[4] = {1, 0x203}; .global .f32 g[2][1] = {{1.0}, {0fC0000000}};\n");
        Assert.Equal([1, 0, 3, 2, 0, 0, 0, 0], kernel.Variables[0].InitialData.ToArray());
        Assert.Equal([0, 0, 0x80, 0x3F, 0, 0, 0, 0xC0], kernel.Variables[1].InitialData.ToArray());
    }

    [Fact]
    public void Printing_keeps_the_layout_of_parameters_and_is_repeatable()
    {
        Kernel kernel = PtxText.Kernel(
            "$t: .branchtargets $a, $b; brx.idx %r1, $t; $a: ret; $b: exit;",
            ".param .u32 n, .param .align 2 .b8 s[4], .param .f64 d, .param .u8 c");
        string text = kernel.ToString();
        Assert.Equal(text, kernel.ToString());
        PtxVerification again = PtxText.Verify(PtxText.Header + text);
        Assert.Empty(again.Diagnostics);
        // By hand: 0; 4 (aligned 2); 8; 16.
        Assert.Equal([0, 4, 8, 16], kernel.Signature.Parameters.Select(p => p.Offset));
        Assert.Equal(
            kernel.Signature.Parameters.Select(p => (p.Offset, p.Size)),
            again.Kernels[0].Signature.Parameters.Select(p => (p.Offset, p.Size)));
    }
}
