using TensorWasm.Ptx.Diagnostics;
using TensorWasm.Ptx.Ir;

namespace TensorWasm.Ptx.Tests.TestSupport;

/// <summary>Short ways from text to results.</summary>
internal static class PtxText
{
    public const string Header = ".version 8.0\n.target sm_90a\n.address_size 64\n";

    /// <summary>Registers of each type for one-instruction tests: %p, %h (16), %r (32), %rd, %f, %fd.</summary>
    public const string Registers = """
        .reg .pred %p<10>; .reg .b16 %h<10>; .reg .b32 %r<300>; .reg .b64 %rd<30>; .reg .f32 %f<200>;
        .reg .f64 %fd<20>; .reg .s32 %s<5>; .reg .u32 %u<5>; .reg .b128 %q<4>;
        """;

    public static PtxVerification Verify(string text)
    {
        PtxModule module = PtxModule.Parse(text);
        return module.Syntax is { } syntax
            ? PtxVerifier.Verify(syntax)
            : throw new InvalidOperationException(string.Join('\n', module.Diagnostics));
    }

    public static string Module(string body, string parameters = "", string globals = "", string directives = "") =>
        $"{Header}{globals}\n.visible .entry k({parameters}){directives}\n{{\n{Registers}\n{body}\n}}\n";

    public static Kernel Kernel(string body, string parameters = "", string globals = "", string directives = "")
    {
        PtxVerification result = Verify(Module(body, parameters, globals, directives));
        Assert.Empty(result.Diagnostics);
        return result.Kernels.Single();
    }

    public static PtxDiagnostic Refused(string body, string parameters = "", string globals = "") =>
        Verify(Module(body, parameters, globals)).Diagnostics[0];
}
