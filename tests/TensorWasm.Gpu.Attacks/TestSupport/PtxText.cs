using System.Text;

namespace TensorWasm.Gpu.Attacks;

/// <summary>Short ways to PTX. All attack kernels take the same parameters: a, b, c (64 bits each) and n (32 bits).</summary>
internal static class PtxText
{
    /// <summary>Registers, and what every kernel has: %rd1 to %rd3 are a to c, %r1 is n, %r2 the thread.</summary>
    private const string Prologue = """
        .reg .pred %p<8>; .reg .b16 %h<24>; .reg .b32 %r<40>; .reg .b64 %rd<40>; .reg .f32 %f<24>; .reg .f64 %fd<8>;
        .reg .b128 %q<4>;
        ld.param.u64 %rd1, [a]; ld.param.u64 %rd2, [b]; ld.param.u64 %rd3, [c]; ld.param.u32 %r1, [n];
        mov.u32 %r2, %tid.x;
        """;

    internal static byte[] Utf8(string text) => Encoding.UTF8.GetBytes(text);

    internal static string Header(string target = "sm_80", string version = "8.4") =>
        $".version {version}\n.target {target}\n.address_size 64\n";

    internal static string Entry(string name, string body, string directives = "") => $$"""
        .visible .entry {{name}}(.param .u64 a, .param .u64 b, .param .u64 c, .param .u32 n){{directives}}
        {
        {{Prologue}}
        {{body}}
        ret;
        }

        """;

    /// <summary>A module of one kernel, k.</summary>
    internal static string Module(string body, string globals = "", string target = "sm_80", string directives = "") =>
        Header(target) + globals + "\n" + Entry("k", body, directives);
}
