using System.Runtime.InteropServices;

namespace TensorWasm.Gpu.Attacks;

/// <content>What a former tenant left behind.</content>
public abstract partial class AttackSuite
{
    private const uint Mark = 0x5EC2E701;

    private LaunchShape Everywhere => new(new((uint)Device.Info.Multiprocessors * 4), new(256));

    [Fact]
    public void Fresh_memory_holds_nothing_of_a_former_tenant()
    {
        foreach (var bytes in (ulong[])[4096, 1 << 20, 20 << 20])
        {
            for (var round = 0; round < 3; round++)
            {
                using (var former = new Attacker(Device))
                {
                    using var kept = former.Region.Allocate(bytes);
                    kept.Fill(0, bytes, 0x77);
                    var left = former.Region.Allocate(bytes);
                    left.Fill(0, bytes, 0x77);
                    if (round == 1)
                    {
                        left.Dispose();
                    }
                }

                using var next = new Attacker(Device);
                using var fresh = next.Region.Allocate(bytes * 2);
                var content = new byte[bytes * 2];
                fresh.Read(0, content);
                Assert.False(content.AsSpan().ContainsAnyExcept((byte)0), $"{bytes} bytes, round {round}");
            }
        }
    }

    private const string FixedBox = ".shared .align 16 .b8 box[40960];\n";
    private const string DynamicBox = ".extern .shared .align 16 .b8 box[];\n";

    /// <summary>Each thread writes the mark into words of shared memory.</summary>
    private static string LeaveShared(int words) =>
        $"{OwnWord} $l: st.shared.u32 [%r5], %r1; add.s32 %r5, %r5, 1024; add.s32 %r7, %r7, 1; setp.lt.s32 %p1, %r7, {words}; @%p1 bra $l;";

    /// <summary>Each thread that comes to it collects words of shared memory.</summary>
    private static string LookIntoShared(string before, int words) =>
        $"{before} {OwnWord} mov.u32 %r8, 0; $l: ld.shared.u32 %r9, [%r5]; or.b32 %r8, %r8, %r9; add.s32 %r5, %r5, 1024; "
        + $"add.s32 %r7, %r7, 1; setp.lt.s32 %p1, %r7, {words}; @%p1 bra $l; red.global.or.b32 [%rd3], %r8; $x:";

    private const string OwnWord = "mov.u32 %r5, box; shl.b32 %r6, %r2, 2; add.s32 %r5, %r5, %r6; mov.u32 %r7, 0;";

    /// <summary>A kernel leaves a mark, another tenant's looks for it, in its first instruction after the fence's.</summary>
    public static TheoryData<string, string, string, string, int> Hideouts => new()
    {
        { "shared memory", FixedBox, LeaveShared(40), LookIntoShared("", 40), 0 },
        { "shared memory, in a branch", FixedBox, LeaveShared(40), LookIntoShared("setp.lt.u32 %p2, %r2, 64; @!%p2 bra $x;", 40), 0 },
        { "shared memory, where some have ended", FixedBox, LeaveShared(40), LookIntoShared("setp.ge.u32 %p2, %r2, 200; @%p2 exit;", 40), 0 },
        { "shared memory, behind a barrier", FixedBox, LeaveShared(40), LookIntoShared("bar.sync 0;", 40), 0 },
        { "shared memory, after a load", FixedBox, LeaveShared(40), LookIntoShared("ld.global.u32 %r10, [%rd1]; add.u32 %r11, %r10, 1;", 40), 0 },
        { "little shared memory", ".shared .align 16 .b8 box[1024];\n", LeaveShared(1), LookIntoShared("", 1), 0 },
        { "dynamic shared memory", DynamicBox, LeaveShared(44), LookIntoShared("", 44), 45_056 },
        { "little dynamic shared memory", DynamicBox, LeaveShared(1), LookIntoShared("", 1), 1024 },
        {
            "local memory", "",
            ".local .align 16 .b8 box[4096]; mov.u32 %r5, box; mov.u32 %r7, 0; $l: st.local.u32 [%r5], %r1; add.s32 %r5, %r5, 4; add.s32 %r7, %r7, 1; setp.lt.s32 %p1, %r7, 1024; @%p1 bra $l; ld.local.u32 %r9, [box+64]; st.global.u32 [%rd1], %r9;",
            ".local .align 16 .b8 box[4096]; mov.u32 %r5, box; mov.u32 %r7, 0; mov.u32 %r8, 0; $l: ld.local.u32 %r9, [%r5]; or.b32 %r8, %r8, %r9; add.s32 %r5, %r5, 4; add.s32 %r7, %r7, 1; setp.lt.s32 %p1, %r7, 1024; @%p1 bra $l; red.global.or.b32 [%rd3], %r8;",
            0
        },
        {
            "registers", "",
            Repeat(28, i => $"add.s32 %r{i + 10}, %r1, 0; ") + Repeat(28, i => $"st.volatile.global.u32 [%rd1+{i * 4}], %r{i + 10}; "),
            Repeat(28, i => $"red.global.or.b32 [%rd3], %r{i + 10}; "),
            0
        },
        {
            "registers under a condition", "",
            Repeat(28, i => $"add.s32 %r{i + 10}, %r1, 0; ") + Repeat(28, i => $"st.volatile.global.u32 [%rd1+{i * 4}], %r{i + 10}; "),
            "setp.eq.u32 %p1, %r2, 9999; " + Repeat(28, i => $"@%p1 mov.u32 %r{i + 10}, 0; ") + Repeat(28, i => $"red.global.or.b32 [%rd3], %r{i + 10}; "),
            0
        },
    };

    [Theory]
    [MemberData(nameof(Hideouts))]
    public void Memory_of_blocks_and_threads_holds_nothing_of_a_former_tenant(
        string place, string globals, string leave, string look, int dynamic)
    {
        var shape = Everywhere with { DynamicSharedBytes = dynamic };
        for (var round = 0; round < 3; round++)
        {
            using (var former = new Attacker(Device))
            {
                Assert.Null(former.Run(PtxText.Module(leave, globals), 0, Mark, shape: shape).Code);
            }

            using var next = new Attacker(Device);
            Assert.Null(next.Run(PtxText.Module(look, globals), shape: shape).Code);
            var found = new byte[4];
            next.Results.Read(0, found);
            Assert.True(MemoryMarshal.Read<uint>(found) == 0, $"{place}: {MemoryMarshal.Read<uint>(found):x8}");
        }
    }

    [Fact]
    public void Each_tenant_has_its_own_global_variables()
    {
        const string Globals = ".global .align 4 .u32 kept = 41;\n";
        var ptx = PtxText.Module("atom.global.add.u32 %r5, [kept], 1; st.global.u32 [%rd3], %r5;", Globals);
        var one = new LaunchShape(new(1), new(1));
        for (var round = 0; round < 2; round++)
        {
            using var attacker = new Attacker(Device);
            Assert.Null(attacker.Run(ptx, shape: one).Code);
            var value = new byte[4];
            attacker.Results.Read(0, value);
            Assert.Equal(41u, MemoryMarshal.Read<uint>(value));
        }
    }
}
