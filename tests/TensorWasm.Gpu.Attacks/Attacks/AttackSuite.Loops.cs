using TensorWasm.Ptx.Fencing;

namespace TensorWasm.Gpu.Attacks;

/// <content>Loops that lie to the check that lets them run unfenced.</content>
public abstract partial class AttackSuite
{
    private static readonly TimeSpan LoopLimit = TimeSpan.FromMilliseconds(40);

    /// <summary>%rd2 is the pointer that is forged, %r1 the number of iterations that is claimed.</summary>
    public static TheoryData<string, string> LyingLoops => new()
    {
        { "an honest form with lying arguments", "mov.u32 %r5, 0; $l: st.global.u32 [%rd2], %r5; add.s64 %rd2, %rd2, 4; add.s32 %r5, %r5, 1; setp.lt.s32 %p1, %r5, %r1; @%p1 bra $l;" },
        { "counting down", "mov.u32 %r5, %r1; $l: mul.wide.s32 %rd5, %r5, 4; add.s64 %rd6, %rd2, %rd5; ld.global.u32 %r6, [%rd6]; st.global.u32 [%rd6], %r6; add.s32 %r5, %r5, -1; setp.ge.s32 %p1, %r5, 0; @%p1 bra $l;" },
        { "unsigned", "mov.u32 %r5, 0; $l: mul.wide.u32 %rd5, %r5, 8; add.s64 %rd6, %rd2, %rd5; st.global.u64 [%rd6], %rd2; add.s32 %r5, %r5, 1; setp.lt.u32 %p1, %r5, %r1; @%p1 bra $l;" },
        { "not equal", "mov.u32 %r5, 1; $l: st.global.u32 [%rd2], %r5; add.s64 %rd2, %rd2, -4; add.s32 %r5, %r5, 2; setp.ne.s32 %p1, %r5, %r1; @%p1 bra $l;" },
        { "a 64-bit bound", "cvt.s64.s32 %rd9, %r1; mov.u64 %rd8, 10; $l: st.global.u32 [%rd2], 7; add.s64 %rd2, %rd2, 4; add.s64 %rd8, %rd8, 1; setp.lt.u64 %p1, %rd8, %rd9; @%p1 bra $l;" },
        { "the bound changes", "mov.u32 %r5, 0; $l: st.global.u32 [%rd2], 7; add.s64 %rd2, %rd2, 4; add.s32 %r1, %r1, 1; add.s32 %r5, %r5, 1; setp.lt.s32 %p1, %r5, %r1; @%p1 bra $l;" },
        { "the bound is read anew", "mov.u32 %r5, 0; st.global.u32 [%rd1], 3; $l: st.global.u32 [%rd2], 0x7fffffff; st.global.u32 [%rd1], 0x7fffffff; ld.global.u32 %r1, [%rd1]; add.s64 %rd2, %rd2, 4; add.s32 %r5, %r5, 1; setp.lt.s32 %p1, %r5, %r1; @%p1 bra $l;" },
        { "the index jumps", "mov.u32 %r5, 0; $l: mul.wide.s32 %rd5, %r5, 4; add.s64 %rd6, %rd2, %rd5; st.global.u32 [%rd6], 7; setp.eq.s32 %p2, %r5, 2; @%p2 add.s32 %r5, %r5, 0x1000000; add.s32 %r5, %r5, 1; setp.lt.s32 %p1, %r5, %r1; @%p1 bra $l;" },
        { "the pointer jumps", "mov.u32 %r5, 0; $l: st.global.u32 [%rd2], 7; setp.eq.s32 %p2, %r5, 1; @%p2 add.s64 %rd2, %rd2, 0x1000000000; add.s64 %rd2, %rd2, 4; add.s32 %r5, %r5, 1; setp.lt.s32 %p1, %r5, %r1; @%p1 bra $l;" },
        { "the step is huge", "mov.u32 %r5, 0; $l: st.global.u32 [%rd2], 7; add.s64 %rd2, %rd2, 0x7ffffff0; add.s32 %r5, %r5, 1; setp.lt.s32 %p1, %r5, %r1; @%p1 bra $l;" },
        { "the step is an argument", "mov.u32 %r5, 0; cvt.s64.s32 %rd9, %r1; shl.b64 %rd9, %rd9, 12; $l: st.global.u32 [%rd2], 7; add.s64 %rd2, %rd2, %rd9; add.s32 %r5, %r5, 1; setp.lt.s32 %p1, %r5, 64; @%p1 bra $l;" },
        { "the index wraps at 32 bits", "mov.u32 %r5, 0; mov.u32 %r6, 0xffffff00; $l: mul.wide.u32 %rd5, %r6, 4; add.s64 %rd6, %rd2, %rd5; st.global.u32 [%rd6], 7; add.s32 %r6, %r6, 1; add.s32 %r5, %r5, 1; setp.lt.s32 %p1, %r5, %r1; @%p1 bra $l;" },
        { "a clock in the address", "mov.u32 %r5, 0; $l: mov.u64 %rd5, %clock64; shl.b64 %rd6, %rd5, 24; add.s64 %rd7, %rd2, %rd6; st.global.u32 [%rd7], 7; add.s32 %r5, %r5, 1; setp.lt.s32 %p1, %r5, %r1; @%p1 bra $l;" },
        { "two halves at once", "mov.u32 %r5, 0xfff0; mov.u32 %r6, 1; $l: st.global.u32 [%rd2], 7; add.s64 %rd2, %rd2, 4; add.u16x2 %r5, %r5, %r6; setp.ne.u32 %p1, %r5, 0x10000; @%p1 bra $l;" },
        { "the low half in a wide register", "mov.u64 %rd8, 0xffffff00; mov.u32 %r5, 0; $l: cvt.u32.u64 %rd5, %rd8; add.s64 %rd6, %rd2, %rd5; st.global.u8 [%rd6], 7; add.s64 %rd8, %rd8, 1; add.s32 %r5, %r5, 1; setp.lt.s32 %p1, %r5, %r1; @%p1 bra $l;" },
        { "under a condition", "mov.u32 %r5, 0; $l: and.b32 %r6, %r5, 1; setp.eq.u32 %p2, %r6, 0; @%p2 st.global.u32 [%rd2], 7; add.s64 %rd2, %rd2, 4; add.s32 %r5, %r5, 1; setp.lt.s32 %p1, %r5, %r1; @%p1 bra $l;" },
        { "an early way out", "mov.u32 %r5, 0; $l: setp.eq.s32 %p2, %r5, 3; @%p2 bra $x; st.global.u32 [%rd2], 7; add.s64 %rd2, %rd2, 4; add.s32 %r5, %r5, 1; setp.lt.s32 %p1, %r5, %r1; @%p1 bra $l; $x:" },
        { "in another loop", "mov.u32 %r7, 0; $o: mov.u32 %r5, 0; $l: st.global.u32 [%rd2], 7; add.s64 %rd2, %rd2, 4; add.s32 %r5, %r5, 1; setp.lt.s32 %p1, %r5, %r1; @%p1 bra $l; add.s32 %r7, %r7, 1; setp.lt.s32 %p2, %r7, 9; @%p2 bra $o;" },
        { "two ways in", "mov.u32 %r5, 0; setp.eq.u32 %p2, %r2, 0; @%p2 bra $m; $l: add.s64 %rd2, %rd2, 4; $m: st.global.u32 [%rd2], 7; add.s32 %r5, %r5, 1; setp.lt.s32 %p1, %r5, %r1; @%p1 bra $l;" },
        { "each thread another count", "mov.u32 %r5, 0; mul.lo.s32 %r6, %r2, %r1; $l: st.global.u32 [%rd2], 7; add.s64 %rd2, %rd2, 64; add.s32 %r5, %r5, 1; setp.lt.s32 %p1, %r5, %r6; @%p1 bra $l;" },
        { "a barrier inside", "mov.u32 %r5, 0; $l: st.global.u32 [%rd2], 7; add.s64 %rd2, %rd2, 4; bar.sync 0; add.s32 %r5, %r5, 1; setp.lt.s32 %p1, %r5, %r1; @%p1 bra $l;" },
        { "shared memory", ".shared .align 16 .b8 box[256]; mov.u32 %r6, box; mov.u32 %r5, 0; $l: st.shared.u32 [%r6], 7; add.s32 %r6, %r6, 4; add.s32 %r5, %r5, 1; setp.lt.s32 %p1, %r5, %r1; @%p1 bra $l;" },
        { "local memory, backwards", ".local .align 16 .b8 box[256]; mov.u32 %r6, box; mov.u32 %r5, 0; $l: st.local.u32 [%r6], 7; add.s32 %r6, %r6, -4; add.s32 %r5, %r5, 1; setp.lt.s32 %p1, %r5, %r1; @%p1 bra $l;" },
        { "copies", ".shared .align 16 .b8 box[4096]; mov.u32 %r6, box; mov.u32 %r5, 0; $l: cp.async.cg.shared.global [%r6], [%rd2], 16; add.s32 %r6, %r6, 16; add.s64 %rd2, %rd2, 16; add.s32 %r5, %r5, 1; setp.lt.s32 %p1, %r5, %r1; @%p1 bra $l; cp.async.wait_all;" },
        { "atomics", "mov.u32 %r5, 0; $l: red.global.add.u32 [%rd2], 1; add.s64 %rd2, %rd2, 4; add.s32 %r5, %r5, 1; setp.lt.s32 %p1, %r5, %r1; @%p1 bra $l;" },
    };

    [Theory]
    [MemberData(nameof(LyingLoops))]
    public void Loops_that_lie_stay_inside(string lie, string body)
    {
        using var attacker = new Attacker(Device);
        var ptx = PtxText.Module(body, target: "sm_90");
        foreach (var mode in Modes)
        {
            using var module = attacker.Region.Load(PtxText.Utf8(ptx), mode);
            foreach (var b in (ulong[])
                [attacker.Own.Address, attacker.Own.Address + 0xFF00, .. Victim.Addresses[..3],
                    attacker.Region.Layout.Base + (attacker.Region.Layout.Size / 2) - 64, ulong.MaxValue - 7,
                    attacker.Own.Address - 0xFFFF_FF00, attacker.Own.Address - (0xFFFF_FF00UL * 4)])
            {
                foreach (var n in (uint[])[0, 5, 300, 0x1_0000, 0x7FFF_FFFF, 0x8000_0000, 0xFFFF_FFFF, 0xFFFF_FFFB])
                {
                    var outcome = attacker.Launch(
                        module.FindKernel("k")!, attacker.Block(b, n), new LaunchShape(new(1), new(32)), LoopLimit);
                    Assert.True(
                        outcome.IsContained || outcome.Code == GpuErrorCode.DeadlineExceeded,
                        $"{lie} {mode}, b = {b:x}, n = {n:x}: {outcome}");
                }
            }
        }
    }
}
