using System.Buffers.Binary;

namespace TensorWasm.Gpu.Attacks;

/// <content>Where addresses come from: forged, overflowing, hidden, and in windows they do not belong to.</content>
public abstract partial class AttackSuite
{
    public static TheoryData<string, string, string> PointerPaths => new()
    {
        { "an argument", "", "st.global.u32 [%rd2], 7;" },
        { "an argument in halves", "", "mov.b64 {%r10,%r11}, %rd2; mov.b64 %rd10, {%r10,%r11}; st.global.u32 [%rd10], 7;" },
        {
            "memory", "",
            "st.global.u64 [%rd1+128], %rd2; membar.gl; ld.volatile.global.u64 %rd10, [%rd1+128]; st.global.u32 [%rd10], 7;"
        },
        {
            "shared memory", ".shared .align 8 .b8 box[1024];\n",
            """
            mov.u32 %r10, box; shl.b32 %r11, %r2, 3; add.s32 %r12, %r10, %r11; st.shared.u64 [%r12], %rd2; bar.sync 0;
            xor.b32 %r13, %r11, 8; add.s32 %r13, %r10, %r13; ld.shared.u64 %rd10, [%r13]; st.global.u32 [%rd10], 7;
            """
        },
        {
            "local memory", "",
            ".local .align 8 .b8 box[16]; st.local.u64 [box+8], %rd2; ld.local.u64 %rd10, [box+8]; st.global.u32 [%rd10], 7;"
        },
        {
            "a shuffle", "",
            """
            mov.b64 {%r10,%r11}, %rd2; shfl.sync.bfly.b32 %r12, %r10, 1, 31, -1; shfl.sync.idx.b32 %r13, %r11, 0, 31, -1;
            mov.b64 %rd10, {%r12,%r13}; st.global.u32 [%rd10], 7;
            """
        },
        { "an exchange", "", "atom.global.exch.b64 %rd10, [%rd1+256], %rd2; atom.global.exch.b64 %rd11, [%rd1+256], %rd2; st.global.u32 [%rd11], 7;" },
        { "a sum that overflows", "", "mov.u64 %rd10, -4096; add.s64 %rd11, %rd2, %rd10; add.s64 %rd12, %rd11, 4096; st.global.u32 [%rd12], 7;" },
        { "a product that overflows", "", "mul.lo.u64 %rd10, %rd2, 3; mul.lo.u64 %rd11, %rd10, 0xAAAAAAAAAAAAAAAB; st.global.u32 [%rd11], 7;" },
        { "a wide product", "", "cvt.u32.u64 %r10, %rd2; mad.wide.u32 %rd10, %r10, 65535, %rd2; st.global.u32 [%rd10], 7;" },
        { "an inverted pointer", "", "not.b64 %rd10, %rd2; not.b64 %rd11, %rd10; st.global.u32 [%rd11], 7;" },
        { "a rotation", "", "shf.l.wrap.b32 %r12, %r10, %r11, 9; mov.b64 {%r10,%r11}, %rd2; mov.b64 %rd10, {%r10,%r11}; st.global.u32 [%rd10], 7;" },
        { "a selection", "", "and.b32 %r10, %r2, 1; setp.eq.u32 %p1, %r10, 0; selp.b64 %rd10, %rd1, %rd2, %p1; st.global.u32 [%rd10], 7;" },
        { "bits of floats", "", "mov.b64 %fd1, %rd2; mov.b64 %rd10, %fd1; st.global.u32 [%rd10], 7;" },
        { "a guard", "", "setp.gt.u32 %p1, %r2, 31; @%p1 st.global.u32 [%rd2], 7; @!%p1 red.global.add.u32 [%rd2+4], 1;" },
        {
            "a divergent path", "",
            "and.b32 %r10, %r2, 3; setp.eq.u32 %p1, %r10, 3; mov.u64 %rd10, %rd1; @!%p1 bra $over; mov.u64 %rd10, %rd2; $over: st.global.u32 [%rd10], 7;"
        },
        { "the clock", "", "mov.u64 %rd10, %clock64; mul.lo.u64 %rd11, %rd10, 0x9E3779B97F4A7C15; add.s64 %rd11, %rd11, %rd2; st.global.u32 [%rd11], 7;" },
        { "a jump table", "", "$t: .branchtargets $x, $y; brx.idx %r2, $t; $x: st.global.u32 [%rd2], 7; $y: st.global.u32 [%rd2+64], 7;" },
        {
            "a function", ".func (.reg .u64 %o) leak(.reg .u64 %i) { add.s64 %o, %i, 8; ret; }\n",
            "call (%rd10), leak, (%rd2); st.global.u32 [%rd10], 7;"
        },
        { "a global variable", ".global .align 8 .u64 kept;\n", "st.global.u64 [kept], %rd2; ld.global.u64 %rd10, [kept]; st.global.u32 [%rd10], 7;" },
        { "beyond a global variable", ".global .align 8 .b8 kept[8];\n", "mov.u64 %rd10, kept; add.s64 %rd11, %rd10, %rd2; st.global.u32 [%rd11], 7;" },
    };

    [Theory]
    [MemberData(nameof(PointerPaths))]
    public void Forged_pointers_lead_nowhere_however_they_travel(string path, string globals, string body)
    {
        Assert.NotEmpty(path);
        AssertContained(PtxText.Module(body, globals));
    }

    [Fact]
    public void A_pointer_that_the_host_put_into_memory_leads_nowhere()
    {
        using var attacker = new Attacker(Device);
        var bytes = new byte[8];
        using var module = attacker.Region.Load(PtxText.Utf8(PtxText.Module(
            "ld.global.u64 %rd10, [%rd1]; ld.global.u32 %r10, [%rd10]; st.global.u32 [%rd3], %r10; st.global.u32 [%rd10], %r10;")));
        foreach (var address in Victim.Addresses)
        {
            attacker.Results.Fill(0, 4, 0);
            BinaryPrimitives.WriteUInt64LittleEndian(bytes, address);
            attacker.Own.Write(0, bytes);
            var outcome = attacker.Launch(module.FindKernel("k")!, attacker.Block(0, 0), Attacker.Small);
            Assert.True(outcome.IsContained, outcome.ToString());
        }
    }

    public static TheoryData<string, string> GenericWindows => new()
    {
        { "shared", "mov.u64 %rd10, box; cvta.shared.u64 %rd11, %rd10; cvt.u64.u32 %rd12, %r1; add.s64 %rd13, %rd11, %rd12; st.u32 [%rd13], 7; ld.u32 %r10, [%rd13+4]; st.global.u32 [%rd3], %r10;" },
        { "shared, backwards", "mov.u64 %rd10, box; cvta.shared.u64 %rd11, %rd10; cvt.u64.u32 %rd12, %r1; sub.s64 %rd13, %rd11, %rd12; st.u32 [%rd13], 7; atom.add.u32 %r10, [%rd13], 1;" },
        { "local", ".local .align 16 .b8 mine[64]; mov.u64 %rd10, mine; cvta.local.u64 %rd11, %rd10; cvt.u64.u32 %rd12, %r1; add.s64 %rd13, %rd11, %rd12; st.u64 [%rd13], %rd2; ld.u32 %r10, [%rd13]; st.global.u32 [%rd3], %r10;" },
        { "constant", "mov.u64 %rd10, fixed; cvta.const.u64 %rd11, %rd10; cvt.u64.u32 %rd12, %r1; add.s64 %rd13, %rd11, %rd12; ld.u32 %r10, [%rd13]; st.global.u32 [%rd3], %r10;" },
        { "constant, written", "mov.u64 %rd10, fixed; cvta.const.u64 %rd11, %rd10; cvt.u64.u32 %rd12, %r1; add.s64 %rd13, %rd11, %rd12; st.u32 [%rd13], 7;" },
        { "shared made from any number", "st.shared.u32 [box], 1; cvta.shared.u64 %rd11, %rd2; st.u32 [%rd11], 7; cvta.to.shared.u64 %rd12, %rd2; cvt.u32.u64 %r10, %rd12; ld.shared.u32 %r11, [%r10]; st.global.u32 [%rd3], %r11;" },
        { "local made from any number", ".local .align 16 .b8 mine[64]; st.local.u32 [mine], 1; cvta.local.u64 %rd11, %rd2; st.u32 [%rd11], 7; cvta.to.local.u64 %rd12, %rd2; st.local.u32 [%rd12], 7;" },
        { "another space's address", "cvta.to.global.u64 %rd11, %rd2; st.global.u32 [%rd11], 7; mov.u64 %rd12, box; ld.global.u32 %r10, [%rd12]; st.global.u32 [%rd3], %r10;" },
        { "a wide shared address", "mov.u64 %rd10, box; add.s64 %rd11, %rd10, %rd2; st.shared.u32 [%rd11], 7;" },
    };

    [Theory]
    [MemberData(nameof(GenericWindows))]
    public void Generic_addresses_stay_in_the_window_they_name(string window, string body)
    {
        Assert.NotEmpty(window);
        const string Globals = ".shared .align 16 .b8 box[512];\n.const .align 16 .b8 fixed[64] = {1};\n";
        foreach (var n in (uint[])[0, 60, 64, 512, 0x1000, 0xC000, 0x3_A000, 0x100_0000, 0x7FFF_FFFC, 0xFFFF_FFFC])
        {
            AssertContained(PtxText.Module(body, Globals), n: n);
        }
    }

    [Theory]
    [InlineData("mov.u64 %rd10, a; cvta.param.u64 %rd11, %rd10; add.s64 %rd12, %rd11, %rd2; ld.u64 %rd13, [%rd12]; st.global.u64 [%rd3], %rd13;")]
    [InlineData("ld.param.u64 %rd10, [%rd2]; st.global.u64 [%rd3], %rd10;")]
    [InlineData("ld.param.u64 %rd10, [n+8]; st.global.u64 [%rd3], %rd10;")]
    [InlineData("ld.param.u64 %rd10, [a+4]; st.global.u64 [%rd3], %rd10;")]
    [InlineData("st.param.u64 [a], %rd2;")]
    [InlineData("ld.global.u32 %r10, [4096];")]
    [InlineData("ld.const.u32 %r10, [4096];")]
    [InlineData("ld.shared.u32 %r10, [%r1];")]
    [InlineData("ld.local.u32 %r10, [%r1];")]
    [InlineData("ld.global.u32 %r10, [%r1];")]
    [InlineData(".shared .b8 s[16]; ld.shared.u32 %r10, [s+16];")]
    [InlineData(".shared .b8 s[16]; ld.shared.u32 %r10, [s+-4];")]
    [InlineData(".shared .b8 s[16]; ld.shared.u32 %r10, [s+2];")]
    [InlineData(".local .b8 s[16]; st.local.v4.u32 [s+4], {%r1,%r1,%r1,%r1};")]
    [InlineData("ld.global.v4.b64 {%rd10,%rd11,%rd12,%rd13}, [%rd2];")]
    [InlineData("ld.shared::cluster.u32 %r10, [%r1];")]
    [InlineData("mapa.shared::cluster.u32 %r10, %r1, 0;")]
    [InlineData("tex.1d.v4.s32.s32 {%r10,%r11,%r12,%r13}, [%rd2, {%r1}];")]
    [InlineData("suld.b.1d.b32.trap %r10, [%rd2, {%r1}];")]
    [InlineData("multimem.ld_reduce.global.add.u32 %r10, [%rd2];")]
    [InlineData("call %rd2, ();")]
    [InlineData("discard.global.L2 [%rd2], 128;")]
    [InlineData("mov.u32 %r10, %envreg3;")]
    [InlineData("mov.u32 %r10, %pm0;")]
    [InlineData("brkpt;")]
    [InlineData("pmevent 1;")]
    [InlineData("nanosleep.u32 %r1;")]
    [InlineData("setmaxnreg.dec.sync.aligned.u32 40;")]
    [InlineData("mbarrier.init.shared.b64 [%r1], 1;")]
    public void What_nothing_can_fence_is_refused(string body)
    {
        using var attacker = new Attacker(Device);
        var outcome = attacker.Run(PtxText.Module(body, target: "sm_90a"), Victim.Addresses[0]);
        Assert.True(outcome.Code == GpuErrorCode.MalformedPtx, $"{body}: {outcome}");
        Assert.Matches("[0-9]+:[0-9]+", outcome.Message);
    }
}
