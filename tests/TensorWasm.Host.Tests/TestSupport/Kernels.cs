namespace TensorWasm.Host.Tests;

/// <summary>Kernels that the tests load.</summary>
internal static class Kernels
{
    private const string Head = ".version 7.8\n.target sm_70\n.address_size 64\n";

    /// <summary><c>add(u64 a, u64 b, u64 c, u32 n)</c>: c[i] = a[i] + b[i].</summary>
    internal const string Add = Head + """
        .visible .entry add(.param .u64 a, .param .u64 b, .param .u64 c, .param .u32 n)
        {
            .reg .pred %p<2>;
            .reg .b32 %r<9>;
            .reg .b64 %rd<11>;
            ld.param.u64 %rd1, [a];
            ld.param.u64 %rd2, [b];
            ld.param.u64 %rd3, [c];
            ld.param.u32 %r1, [n];
            mov.u32 %r2, %ctaid.x;
            mov.u32 %r3, %ntid.x;
            mov.u32 %r4, %tid.x;
            mad.lo.s32 %r5, %r2, %r3, %r4;
            setp.ge.u32 %p1, %r5, %r1;
            @%p1 bra DONE;
            cvta.to.global.u64 %rd4, %rd1;
            cvta.to.global.u64 %rd5, %rd2;
            cvta.to.global.u64 %rd6, %rd3;
            mul.wide.u32 %rd7, %r5, 4;
            add.s64 %rd8, %rd4, %rd7;
            add.s64 %rd9, %rd5, %rd7;
            add.s64 %rd10, %rd6, %rd7;
            ld.global.u32 %r6, [%rd8];
            ld.global.u32 %r7, [%rd9];
            add.s32 %r8, %r6, %r7;
            st.global.u32 [%rd10], %r8;
        DONE:
            ret;
        }
        """;

    /// <summary>
    /// <c>kinds(s32, s64, f32, f64, u32, u64, u64 out)</c>: writes the bits of each argument behind the other, as 64 bits.
    /// </summary>
    internal const string Kinds = Head + """
        .visible .entry kinds(.param .s32 a, .param .s64 b, .param .f32 c, .param .f64 d, .param .u32 e, .param .u64 f, .param .u64 out)
        {
            .reg .b32 %r<3>;
            .reg .f32 %f<2>;
            .reg .f64 %fd<2>;
            .reg .b64 %rd<9>;
            ld.param.u64 %rd1, [out];
            cvta.to.global.u64 %rd2, %rd1;
            ld.param.s32 %r1, [a];
            cvt.s64.s32 %rd3, %r1;
            st.global.u64 [%rd2], %rd3;
            ld.param.u64 %rd4, [b];
            st.global.u64 [%rd2+8], %rd4;
            ld.param.f32 %f1, [c];
            st.global.f32 [%rd2+16], %f1;
            ld.param.f64 %fd1, [d];
            st.global.f64 [%rd2+24], %fd1;
            ld.param.u32 %r2, [e];
            cvt.u64.u32 %rd5, %r2;
            st.global.u64 [%rd2+32], %rd5;
            ld.param.u64 %rd6, [f];
            st.global.u64 [%rd2+40], %rd6;
            ret;
        }
        """;

    /// <summary><c>pair(struct { u32; u32 }, u8, u64 out)</c>: writes the structure's sum plus the byte.</summary>
    internal const string Pair = Head + """
        .visible .entry pair(.param .align 4 .b8 both[8], .param .u8 small, .param .u64 out)
        {
            .reg .b16 %rs<2>;
            .reg .b32 %r<6>;
            .reg .b64 %rd<3>;
            ld.param.u64 %rd1, [out];
            cvta.to.global.u64 %rd2, %rd1;
            ld.param.u32 %r1, [both];
            ld.param.u32 %r2, [both+4];
            ld.param.u8 %rs1, [small];
            cvt.u32.u16 %r3, %rs1;
            add.s32 %r4, %r1, %r2;
            add.s32 %r5, %r4, %r3;
            st.global.u32 [%rd2], %r5;
            ret;
        }
        """;

    /// <summary>Two entry points and a variable that they share: <c>count(u64 out)</c> counts, <c>reset()</c> starts anew.</summary>
    internal const string Two = Head + """
        .global .align 4 .u32 counter = 100;
        .visible .entry count(.param .u64 out)
        {
            .reg .b32 %r<3>;
            .reg .b64 %rd<4>;
            ld.param.u64 %rd1, [out];
            cvta.to.global.u64 %rd2, %rd1;
            mov.u64 %rd3, counter;
            atom.global.add.u32 %r1, [%rd3], 1;
            st.global.u32 [%rd2], %r1;
            ret;
        }
        .visible .entry reset()
        {
            .reg .b32 %r<2>;
            .reg .b64 %rd<2>;
            mov.u64 %rd1, counter;
            mov.u32 %r1, 0;
            st.global.u32 [%rd1], %r1;
            ret;
        }
        """;

    /// <summary><c>forever(u64 flag)</c>: runs until the number there is not 0.</summary>
    internal const string Forever = Head + """
        .visible .entry forever(.param .u64 flag)
        {
            .reg .pred %p<2>;
            .reg .b32 %r<2>;
            .reg .b64 %rd<3>;
            ld.param.u64 %rd1, [flag];
            cvta.to.global.u64 %rd2, %rd1;
        AGAIN:
            ld.volatile.global.u32 %r1, [%rd2];
            setp.eq.u32 %p1, %r1, 0;
            @%p1 bra AGAIN;
            ret;
        }
        """;

    /// <summary><c>stop()</c>: executes trap, at line 6, column 5.</summary>
    internal const string Trap = Head + """
        .visible .entry stop()
        {
            trap;
        }
        """;

    /// <summary><c>poke(u64 address)</c>: writes 4 bytes there, at line 10, column 5.</summary>
    internal const string Poke = Head + """
        .visible .entry poke(.param .u64 address)
        {
            .reg .b32 %r<2>;
            .reg .b64 %rd<3>;
            ld.param.u64 %rd1, [address];
            mov.u32 %r1, 7;
            st.global.u32 [%rd1], %r1;
            ret;
        }
        """;

    /// <summary><c>dynamic(u64 out)</c>: one block; writes how many bytes of dynamic shared memory there are.</summary>
    internal const string Dynamic = Head + """
        .extern .shared .align 16 .b8 memory[];
        .visible .entry dynamic(.param .u64 out)
        {
            .reg .b32 %r<4>;
            .reg .b64 %rd<3>;
            ld.param.u64 %rd1, [out];
            cvta.to.global.u64 %rd2, %rd1;
            mov.u32 %r1, %dynamic_smem_size;
            mov.u32 %r2, memory;
            st.shared.u32 [%r2], %r1;
            ld.shared.u32 %r3, [%r2];
            st.global.u32 [%rd2], %r3;
            ret;
        }
        """;
}
