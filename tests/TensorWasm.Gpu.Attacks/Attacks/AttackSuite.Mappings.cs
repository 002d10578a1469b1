namespace TensorWasm.Gpu.Attacks;

/// <content>Memory that changes hands under a running kernel.</content>
public abstract partial class AttackSuite
{
    /// <summary>Stores and loads all over the region, each thread on its own way, until the deadline.</summary>
    private static readonly string Rummage = PtxText.Module("""
        mov.u32 %r5, %ctaid.x; mad.lo.s32 %r5, %r5, 977, %r2;
        $l: mad.lo.s32 %r5, %r5, 1664525, 1013904223;
        cvt.u64.u32 %rd8, %r5; shl.b64 %rd8, %rd8, 3; add.s64 %rd9, %rd1, %rd8;
        st.global.u32 [%rd9], %r5; ld.global.u32 %r6, [%rd9+64]; add.s32 %r5, %r5, %r6;
        bra $l;
        """);

    /// <summary>
    /// Between scratch and memory, no address of a granule is mapped: a kernel that ran meanwhile would fault, and with it
    /// the context of all tenants.
    /// </summary>
    [Theory]
    [InlineData("allocate")]
    [InlineData("free")]
    [InlineData("load a module with variables")]
    public void The_regions_mappings_do_not_change_under_its_kernels(string change)
    {
        using var attacker = new Attacker(Device);
        using var module = attacker.Region.Load(PtxText.Utf8(Rummage));
        var shape = new LaunchShape(new((uint)Device.Info.Multiprocessors * 2), new(256));
        for (var round = 0; round < 8; round++)
        {
            using var before = attacker.Region.Allocate(4 << 20);
            attacker.Region.DefaultStream.Launch(module.FindKernel("k")!, shape, attacker.Block(0, 0), EndLimit);
            switch (change)
            {
                case "allocate":
                    attacker.Region.Allocate(24 << 20).Dispose();
                    break;
                case "free":
                    before.Dispose();
                    break;
                default:
                    attacker.Region.Load(PtxText.Utf8(PtxText.Module(
                        "st.global.u32 [big], 1;", $".global .align 16 .b8 big[{(4 << 20) + round}];\n"))).Dispose();
                    break;
            }

            var outcome = Assert.Throws<GpuException>(() => attacker.Region.DefaultStream.Wait());
            Assert.True(
                outcome.Code is GpuErrorCode.DeadlineExceeded or GpuErrorCode.OutOfBounds, $"{change}: {outcome.Message}");
        }
    }
}
