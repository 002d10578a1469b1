using System.Text;

namespace TensorWasm.Gpu.Tests.Devices;

/// <summary>PTX of the device tests.</summary>
internal static class TestKernels
{
    /// <summary>z[i] = x[i] + y[i].</summary>
    internal static byte[] Add { get; } = Module("""
        .visible .entry add(.param .u64 x, .param .u64 y, .param .u64 z, .param .u32 n)
        {
            .reg .pred %p;
            .reg .b32 %r<5>;
            .reg .b64 %d<8>;
            .reg .f32 %f<4>;
            ld.param.u64 %d0, [x];
            ld.param.u64 %d1, [y];
            ld.param.u64 %d2, [z];
            ld.param.u32 %r0, [n];
            mov.u32 %r1, %ctaid.x;
            mov.u32 %r2, %ntid.x;
            mov.u32 %r3, %tid.x;
            mad.lo.s32 %r4, %r1, %r2, %r3;
            setp.ge.u32 %p, %r4, %r0;
            @%p bra DONE;
            mul.wide.u32 %d3, %r4, 4;
            add.u64 %d4, %d0, %d3;
            add.u64 %d5, %d1, %d3;
            add.u64 %d6, %d2, %d3;
            ld.global.f32 %f0, [%d4];
            ld.global.f32 %f1, [%d5];
            add.f32 %f2, %f0, %f1;
            st.global.f32 [%d6], %f2;
        DONE:
            ret;
        }
        """);

    /// <summary>Four words a thread: how many of the block are multiples of 3, whether all are, any is, all are below 96.</summary>
    internal static byte[] Reductions { get; } = Module("""
        .visible .entry reductions(.param .u64 to)
        {
            .reg .pred %p<6>;
            .reg .b32 %r<10>;
            .reg .b64 %d<4>;
            ld.param.u64 %d0, [to];
            mov.u32 %r0, %tid.x;
            rem.u32 %r1, %r0, 3;
            setp.eq.u32 %p0, %r1, 0;
            setp.ge.u32 %p1, %r0, 96;
            bar.sync 0;
            bar.red.popc.u32 %r2, 0, %p0;
            bar.sync 0;
            bar.red.and.pred %p2, 0, %p0;
            bar.red.or.pred %p3, 0, %p0;
            bar.sync 0;
            bar.red.and.pred %p4, 0, !%p1;
            selp.u32 %r3, 1, 0, %p2;
            selp.u32 %r4, 1, 0, %p3;
            selp.u32 %r5, 1, 0, %p4;
            mul.wide.u32 %d1, %r0, 16;
            add.u64 %d2, %d0, %d1;
            st.global.v4.u32 [%d2], {%r2, %r3, %r4, %r5};
            ret;
        }
        """);

    /// <summary>
    /// Each thread stores a value at an address made of a seed, or loads from it; the address is any 64-bit number.
    /// </summary>
    internal static byte[] Spray { get; } = Module("""
        .visible .entry store(.param .u64 seed, .param .u32 value)
        {
            .reg .b32 %r<6>;
            .reg .b64 %d<6>;
            ld.param.u64 %d0, [seed];
            ld.param.u32 %r0, [value];
            mov.u32 %r1, %ctaid.x;
            mov.u32 %r2, %ntid.x;
            mov.u32 %r3, %tid.x;
            mad.lo.s32 %r4, %r1, %r2, %r3;
            cvt.u64.u32 %d1, %r4;
            add.u64 %d2, %d0, %d1;
            mul.lo.u64 %d2, %d2, 6364136223846793005;
            shr.u64 %d3, %d2, 29;
            xor.b64 %d2, %d2, %d3;
            mul.lo.u64 %d2, %d2, 1442695040888963407;
            shr.u64 %d3, %d2, 17;
            st.global.u32 [%d3], %r0;
            xor.b64 %d4, %d2, %d3;
            ld.global.u32 %r5, [%d4];
            st.global.u32 [%d4+4], %r0;
            ret;
        }
        """);

    /// <summary>Adds 1 to each of n words.</summary>
    internal static byte[] Increment { get; } = Module("""
        .visible .entry increment(.param .u64 x, .param .u32 n)
        {
            .reg .pred %p;
            .reg .b32 %r<6>;
            .reg .b64 %d<4>;
            ld.param.u64 %d0, [x];
            ld.param.u32 %r0, [n];
            mov.u32 %r1, %ctaid.x;
            mov.u32 %r2, %ntid.x;
            mov.u32 %r3, %tid.x;
            mad.lo.s32 %r4, %r1, %r2, %r3;
            setp.ge.u32 %p, %r4, %r0;
            @%p bra DONE;
            mul.wide.u32 %d1, %r4, 4;
            add.u64 %d2, %d0, %d1;
            ld.global.u32 %r5, [%d2];
            add.u32 %r5, %r5, 1;
            st.global.u32 [%d2], %r5;
        DONE:
            ret;
        }
        """);

    /// <summary>Never ends by itself; does nothing; traps in block 3, thread 5.</summary>
    internal static byte[] Stops { get; } = Module("""
        .visible .entry forever(.param .u64 x)
        {
            .reg .pred %p;
            .reg .b32 %r<2>;
            .reg .b64 %d<2>;
            ld.param.u64 %d0, [x];
        AGAIN:
            ld.volatile.global.u32 %r0, [%d0];
            setp.ne.u32 %p, %r0, 77;
            @%p bra AGAIN;
            ret;
        }

        .visible .entry nothing()
        {
            ret;
        }

        .visible .entry traps()
        {
            .reg .pred %p, %q;
            .reg .b32 %r<2>;
            mov.u32 %r0, %ctaid.x;
            mov.u32 %r1, %tid.x;
            setp.ne.u32 %p, %r0, 3;
            setp.ne.u32 %q, %r1, 5;
            @%p bra DONE;
            @%q bra DONE;
            trap;
        DONE:
            ret;
        }
        """);

    /// <summary>Counts its launches in a variable of the module, and copies the count out.</summary>
    internal static byte[] Counter { get; } = Module("""
        .global .align 4 .u32 total = 40;

        .visible .entry count(.param .u64 x)
        {
            .reg .b32 %r<3>;
            .reg .b64 %d<2>;
            ld.param.u64 %d0, [x];
            atom.global.add.u32 %r0, [total], 1;
            add.u32 %r1, %r0, 1;
            st.global.u32 [%d0], %r1;
            ret;
        }
        """);

    /// <summary>Reverses the words of each block through dynamic shared memory.</summary>
    internal static byte[] Reverse { get; } = Module("""
        .extern .shared .align 16 .b8 words[];

        .visible .entry reverse(.param .u64 x)
        {
            .reg .b32 %r<8>;
            .reg .b64 %d<8>;
            ld.param.u64 %d0, [x];
            mov.u32 %r0, %tid.x;
            mov.u32 %r1, %ntid.x;
            mov.u32 %r2, %ctaid.x;
            mad.lo.s32 %r3, %r2, %r1, %r0;
            mul.wide.u32 %d1, %r3, 4;
            add.u64 %d2, %d0, %d1;
            ld.global.u32 %r4, [%d2];
            mov.u32 %r5, words;
            shl.b32 %r6, %r0, 2;
            add.u32 %r6, %r5, %r6;
            st.shared.u32 [%r6], %r4;
            bar.sync 0;
            sub.u32 %r7, %r1, %r0;
            shl.b32 %r7, %r7, 2;
            add.u32 %r7, %r5, %r7;
            ld.shared.u32 %r4, [%r7+-4];
            st.global.u32 [%d2], %r4;
            ret;
        }
        """);

    private static byte[] Module(string body) =>
        Encoding.UTF8.GetBytes(".version 7.0\n.target sm_70\n.address_size 64\n" + body);
}
