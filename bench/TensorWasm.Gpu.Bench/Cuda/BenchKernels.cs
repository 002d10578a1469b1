using System.Text;

namespace TensorWasm.Gpu.Bench;

/// <summary>PTX of the figures that need no sample: nothing, an endless loop, and work for a given time.</summary>
internal static class BenchKernels
{
    internal static byte[] Source { get; } = Encoding.UTF8.GetBytes("""
        .version 7.0
        .target sm_70
        .address_size 64

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

        .visible .entry nothing()
        {
            ret;
        }

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

        .visible .entry tight(.param .u64 x)
        {
            .reg .pred %p;
            .reg .b32 %r<3>;
            .reg .b64 %d<2>;
            ld.param.u64 %d0, [x];
            cvt.u32.u64 %r1, %d0;
        AGAIN:
            mad.lo.u32 %r1, %r1, 1664525, 1013904223;
            setp.ne.u32 %p, %r1, %r1;
            @!%p bra AGAIN;
            st.global.u32 [%d0], %r1;
            ret;
        }

        .visible .entry spin(.param .u64 x, .param .u64 ns)
        {
            .reg .pred %p;
            .reg .b64 %d<6>;
            ld.param.u64 %d0, [x];
            ld.param.u64 %d1, [ns];
            mov.u64 %d2, %globaltimer;
        AGAIN:
            mov.u64 %d3, %globaltimer;
            sub.u64 %d4, %d3, %d2;
            setp.lt.u64 %p, %d4, %d1;
            @%p bra AGAIN;
            ret;
        }
        """);
}
