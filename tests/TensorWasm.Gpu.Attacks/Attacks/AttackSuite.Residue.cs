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

    /// <summary>A kernel leaves a mark, another tenant's looks for it, in its first instruction after the fence's.</summary>
    public static TheoryData<string, string, string, string, int> Hideouts => new()
    {
        {
            "shared memory", ".shared .align 16 .b8 box[40960];\n",
            "mov.u32 %r5, box; shl.b32 %r6, %r2, 2; add.s32 %r5, %r5, %r6; mov.u32 %r7, 0; $l: st.shared.u32 [%r5], %r1; add.s32 %r5, %r5, 1024; add.s32 %r7, %r7, 1; setp.lt.s32 %p1, %r7, 40; @%p1 bra $l;",
            "mov.u32 %r5, box; shl.b32 %r6, %r2, 2; add.s32 %r5, %r5, %r6; mov.u32 %r7, 0; mov.u32 %r8, 0; $l: ld.shared.u32 %r9, [%r5]; or.b32 %r8, %r8, %r9; add.s32 %r5, %r5, 1024; add.s32 %r7, %r7, 1; setp.lt.s32 %p1, %r7, 40; @%p1 bra $l; red.global.or.b32 [%rd3], %r8;",
            0
        },
        {
            "dynamic shared memory", ".extern .shared .align 16 .b8 box[];\n",
            "mov.u32 %r5, box; shl.b32 %r6, %r2, 2; add.s32 %r5, %r5, %r6; mov.u32 %r7, 0; $l: st.shared.u32 [%r5], %r1; add.s32 %r5, %r5, 1024; add.s32 %r7, %r7, 1; setp.lt.s32 %p1, %r7, 44; @%p1 bra $l;",
            "mov.u32 %r5, box; shl.b32 %r6, %r2, 2; add.s32 %r5, %r5, %r6; mov.u32 %r7, 0; mov.u32 %r8, 0; $l: ld.shared.u32 %r9, [%r5]; or.b32 %r8, %r8, %r9; add.s32 %r5, %r5, 1024; add.s32 %r7, %r7, 1; setp.lt.s32 %p1, %r7, 44; @%p1 bra $l; red.global.or.b32 [%rd3], %r8;",
            45_056
        },
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
