using System.Globalization;
using System.Text;
using TensorWasm.Ptx.Fencing;

namespace TensorWasm.Gpu.Attacks;

/// <content>Loads and stores: every space, width, vector form and addressing form.</content>
public abstract partial class AttackSuite
{
    /// <summary>Suffixes, the registers they load and store, and their bytes.</summary>
    private static readonly (string Type, string Registers, int Bytes)[] Widths =
    [
        ("u8", "%r10", 1), ("s8", "%r10", 1), ("b16", "%h1", 2), ("u32", "%r10", 4), ("f32", "%f1", 4),
        ("b64", "%rd10", 8), ("f64", "%fd1", 8), ("v2.u8", "{%h1,%h2}", 2), ("v4.u8", "{%h1,%h2,%h3,%h4}", 4),
        ("v2.b16", "{%h1,%h2}", 4), ("v4.b16", "{%h1,%h2,%h3,%h4}", 8), ("v2.b32", "{%r10,%r11}", 8),
        ("v4.b32", "{%r10,%r11,%r12,%r13}", 16), ("v4.f32", "{%f1,%f2,%f3,%f4}", 16), ("v2.b64", "{%rd10,%rd11}", 16),
        ("v2.f64", "{%fd1,%fd2}", 16),
    ];

    private static readonly long[] Offsets = [0, 1, 16, -16, 65536, int.MaxValue, int.MinValue];

    /// <summary>Global memory, named as such or through generic addresses.</summary>
    public static TheoryData<string, bool> GlobalForms => new()
    {
        { "ld.global", false }, { "ld", false }, { "ld.global.nc", false }, { "ld.volatile.global", false },
        { "ld.relaxed.gpu.global", false }, { "ld.acquire.sys", false }, { "ld.global.cv", false },
        { "ld.global.L1::no_allocate.L2::256B", false },
        { "st.global", true }, { "st", true }, { "st.volatile.global", true }, { "st.release.gpu.global", true },
        { "st.global.wt", true },
    };

    [Theory]
    [MemberData(nameof(GlobalForms))]
    public void Global_accesses_of_each_width_and_form_stay_inside_and_are_reported(string form, bool isWrite)
    {
        (string Name, string Body, int Bytes, long Offset)[] kernels =
        [
            .. from width in Widths
               from offset in Offsets
               select (
                   Name(width.Type, offset),
                   isWrite
                       ? $"{form}.{width.Type} [%rd2+{offset}], {width.Registers};"
                       : $"{form}.{width.Type} {width.Registers}, [%rd2+{offset}]; st.global.{width.Type} [%rd3], {width.Registers};",
                   width.Bytes,
                   offset),
        ];
        ForEach(kernels.Select(k => (k.Name, k.Body)), "", (attacker, kernel, index, mode) =>
        {
            foreach (var address in attacker.Forged(Victim))
            {
                var outcome = attacker.Launch(kernel, attacker.Block(address, 0), Attacker.Small);
                var target = unchecked(address + (ulong)kernels[index].Offset);
                var isInside = attacker.IsInside(target, kernels[index].Bytes, isWrite);
                Assert.True(
                    isInside || mode == FenceMode.Fence ? outcome.IsContained : outcome.Code == GpuErrorCode.OutOfBounds,
                    $"{kernels[index].Body} {mode}, b = {address:x}: {outcome}");
            }
        });
    }

    /// <summary>Spaces of the block and the thread, declared and used.</summary>
    public static TheoryData<string, string, bool> WindowForms => new()
    {
        { "shared", "ld", false }, { "shared", "ld.volatile", false }, { "shared", "st", true },
        { "shared", "st.relaxed.cta", true }, { "local", "ld", false }, { "local", "st", true }, { "const", "ld", false },
    };

    [Theory]
    [MemberData(nameof(WindowForms))]
    public void Accesses_of_the_blocks_and_the_threads_own_memory_stay_inside_and_are_reported(
        string space, string form, bool isWrite)
    {
        const int Size = 256;
        var words = form.Split('.');
        var opcode = words.Length == 1 ? $"{form}.{space}"
            : words[1] == "volatile" ? $"{form}.{space}"
            : $"{form}.{space}";
        var variable = space == "local" ? ".local .align 16 .b8 mine[256];\n" : "";
        var globals = space switch
        {
            "shared" => ".shared .align 16 .b8 mine[256];\n",
            "const" => ".const .align 16 .b8 mine[256] = {1, 2, 3};\n",
            _ => "",
        };
        (string Name, string Body, int Bytes, long Offset)[] kernels =
        [
            .. from width in Widths
               from offset in Offsets
               select (
                   Name(width.Type, offset),
                   variable + "mov.u32 %r20, mine; add.s32 %r21, %r20, %r1;\n" + (isWrite
                       ? $"{opcode}.{width.Type} [%r21+{offset}], {width.Registers};"
                       : $"{opcode}.{width.Type} {width.Registers}, [%r21+{offset}]; st.global.{width.Type} [%rd3], {width.Registers};"),
                   width.Bytes,
                   offset),
        ];
        uint[] indices = [0, 240, 256, 4096, 0xC000, 0x3_9000, 0x100_0000, 0x7FFF_FFFF, 0x8000_0000, 0xFFFF_FFFF, 0xFFFF_FF00];
        ForEach(kernels.Select(k => (k.Name, k.Body)), globals, (attacker, kernel, index, mode) =>
        {
            foreach (var n in indices)
            {
                var outcome = attacker.Launch(kernel, attacker.Block(0, n), Attacker.Small);
                var at = unchecked((uint)(n + kernels[index].Offset));
                var isInside = at <= Size - kernels[index].Bytes && at % kernels[index].Bytes == 0;
                Assert.True(
                    isInside ? outcome.Code is null
                    : mode == FenceMode.Fence ? outcome.IsContained
                    : outcome.Code == GpuErrorCode.OutOfBounds,
                    $"{kernels[index].Body} {mode}, n = {n:x}: {outcome}");
            }
        });
    }

    [Theory]
    [InlineData("prefetch.global.L2 [%rd2];")]
    [InlineData("prefetch.L1 [%rd2+-8];")]
    [InlineData("prefetch.global.L2::evict_last [%rd2];")]
    [InlineData("ld.global.L2::256B.b32 %r10, [%rd2]; st.global.b32 [%rd3], %r10;")]
    public void Hints_lead_nowhere(string access) => AssertContained(PtxText.Module(access));

    private static string Name(string type, long offset) => string.Create(
        CultureInfo.InvariantCulture, $"k_{type.Replace('.', '_')}_{(offset < 0 ? "m" : "p")}{Math.Abs(offset)}");

    /// <summary>Puts many kernels into a few modules, and does something with each in both modes.</summary>
    private void ForEach(
        IEnumerable<(string Name, string Body)> kernels, string globals, Action<Attacker, LoadedKernel, int, FenceMode> attack)
    {
        using var attacker = new Attacker(Device);
        var index = 0;
        foreach (var chunk in kernels.Chunk(56))
        {
            var text = new StringBuilder(PtxText.Header()).Append(globals);
            foreach (var (name, body) in chunk)
            {
                text.Append(PtxText.Entry(name, body));
            }

            foreach (var mode in Modes)
            {
                using var module = attacker.Region.Load(PtxText.Utf8(text.ToString()), mode);
                for (var i = 0; i < chunk.Length; i++)
                {
                    attack(attacker, module.FindKernel(chunk[i].Name)!, index + i, mode);
                }
            }

            index += chunk.Length;
        }
    }
}
