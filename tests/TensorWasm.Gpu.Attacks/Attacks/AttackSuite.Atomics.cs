using TensorWasm.Ptx.Fencing;

namespace TensorWasm.Gpu.Attacks;

/// <content>Atomics, reductions, asynchronous copies and matrix accesses.</content>
public abstract partial class AttackSuite
{
    private static IEnumerable<(string Operation, string Values, string Result, int Bytes)> AtomicForms()
    {
        foreach (var (type, register, bytes) in ((string, string, int)[])
            [("u32", "%r10", 4), ("s32", "%r10", 4), ("u64", "%rd10", 8), ("s64", "%rd10", 8)])
        {
            foreach (var operation in (string[])["add", "min", "max"])
            {
                // Signed 64-bit sums have no form of their own (PTX ISA 9.7.13.5).
                if ((operation, type) == ("add", "s64"))
                {
                    continue;
                }

                yield return ($"{operation}.{type}", register, register, bytes);
            }
        }

        foreach (var operation in (string[])["inc", "dec"])
        {
            yield return ($"{operation}.u32", "%r10", "%r11", 4);
        }

        foreach (var operation in (string[])["and", "or", "xor"])
        {
            yield return ($"{operation}.b32", "%r10", "%r11", 4);
            yield return ($"{operation}.b64", "%rd10", "%rd11", 8);
        }

        yield return ("exch.b32", "%r10", "%r11", 4);
        yield return ("exch.b64", "%rd10", "%rd11", 8);
        yield return ("cas.b16", "%h1, %h2", "%h3", 2);
        yield return ("cas.b32", "%r10, %r12", "%r11", 4);
        yield return ("cas.b64", "%rd10, %rd12", "%rd11", 8);
        yield return ("add.f32", "%f1", "%f2", 4);
        yield return ("add.f64", "%fd1", "%fd2", 8);
        yield return ("add.noftz.f16x2", "%r10", "%r11", 4);
        yield return ("add.noftz.f16", "%h1", "%h2", 2);
    }

    [Theory]
    [InlineData("global")]
    [InlineData("")]
    [InlineData("shared")]
    public void Atomics_and_reductions_of_each_kind_stay_inside_and_are_reported(string space)
    {
        var isShared = space == "shared";
        var dot = space.Length > 0 ? "." : "";
        var address = isShared ? "%r21" : "%rd2";
        (string Name, string Body, int Bytes)[] kernels =
        [
            .. AtomicForms().SelectMany((form, i) =>
            {
                (string, string, int)[] both =
                [
                    ($"k_atom_{i}", $"atom{dot}{space}.{form.Operation} {form.Result}, [{address}], {form.Values};", form.Bytes),
                    ($"k_red_{i}", $"red{dot}{space}.{form.Operation} [{address}], {form.Values};", form.Bytes),
                    ($"k_sys_{i}", $"atom.acq_rel.sys{dot}{space}.{form.Operation} {form.Result}, [{address}+4], {form.Values};", form.Bytes),
                ];
                // There are no reductions of exchanges.
                return form.Operation[..3] is "exc" or "cas" ? both.Where((_, at) => at != 1) : both;
            }),
        ];
        var prologue = isShared ? "mov.u32 %r20, mine; add.s32 %r21, %r20, %r1;\n" : "";
        uint[] indices = isShared ? [256, 0xC000, 0x3_9000, 0x7FFF_FFF8, 0xFFFF_FFF0, 1] : [0];
        ForEach(
            kernels.Select(k => (k.Name, prologue + k.Body)),
            isShared ? ".shared .align 16 .b8 mine[256];\n" : "",
            (attacker, kernel, index, mode) =>
            {
                ulong[] addresses = isShared ? [0] : attacker.Forged(Victim);
                foreach (var b in addresses)
                {
                    foreach (var n in indices)
                    {
                        var outcome = attacker.Launch(kernel, attacker.Block(b, n), Attacker.Small);
                        var offset = kernels[index].Body.Contains("+4]", StringComparison.Ordinal) ? 4u : 0;
                        var isInside = isShared
                            ? (n + offset) % (uint)kernels[index].Bytes == 0 && n + offset < 256
                            : attacker.IsInside(unchecked(b + offset), kernels[index].Bytes, isWrite: true);
                        Assert.True(
                            isInside || mode == FenceMode.Fence ? outcome.IsContained : outcome.Code == GpuErrorCode.OutOfBounds,
                            $"{kernels[index].Body} {mode}, b = {b:x}, n = {n:x}: {outcome}");
                    }
                }
            });
    }

    public static TheoryData<string> VectorAtomics =>
    [
        "atom.global.add.v2.f32 {%f1,%f2}, [%rd2], {%f3,%f4};",
        "atom.global.add.v4.f32 {%f1,%f2,%f3,%f4}, [%rd2], {%f5,%f6,%f7,%f8};",
        "red.global.add.v4.f32 [%rd2], {%f5,%f6,%f7,%f8};",
        "red.global.add.noftz.v8.f16 [%rd2], {%h1,%h2,%h3,%h4,%h5,%h6,%h7,%h8};",
        "red.global.add.noftz.v4.bf16x2 [%rd2], {%r10,%r11,%r12,%r13};",
        "atom.global.cas.b128 %q1, [%rd2], %q2, %q3;",
        "atom.global.exch.b128 %q1, [%rd2], %q2;",
    ];

    [Theory]
    [MemberData(nameof(VectorAtomics))]
    public void Atomics_of_vectors_stay_inside(string access)
    {
        using var attacker = new Attacker(Device);
        var ptx = PtxText.Module(access, target: "sm_90");
        foreach (var mode in Modes)
        {
            foreach (var address in attacker.Forged(Victim))
            {
                var outcome = attacker.Run(ptx, address, 0, mode);
                // A device may say that it does not know an instruction; never that it left the region.
                Assert.True(outcome.IsContained || outcome.IsRefused, $"{mode}, b = {address:x}: {outcome}");
            }
        }
    }

    private const string Tile = ".shared .align 16 .b8 tile[512];\n";

    [Theory]
    [InlineData("cp.async.ca.shared.global [%r21], [%rd2], 4;")]
    [InlineData("cp.async.ca.shared.global [%r21], [%rd2+-8], 8;")]
    [InlineData("cp.async.cg.shared.global [%r21+16], [%rd2], 16;")]
    [InlineData("cp.async.cg.shared.global.L2::256B [%r21], [%rd2], 16;")]
    [InlineData("cp.async.cg.shared.global [%r21], [%rd2], 16, %r1;")]
    [InlineData("setp.ne.u32 %p1, %r2, 0; cp.async.ca.shared.global [%r21], [%rd2], 4, %p1;")]
    public void Asynchronous_copies_stay_inside_on_both_sides(string copy)
    {
        var ptx = PtxText.Module(
            "mov.u32 %r20, tile; add.s32 %r21, %r20, %r1;\n" + copy
            + "cp.async.commit_group; cp.async.wait_group 0; bar.sync 0; ld.shared.u32 %r10, [tile]; st.global.u32 [%rd3], %r10;",
            Tile);
        foreach (var n in (uint[])[0, 3, 496, 512, 0xC000, 0x3_9000, 0x8000_0000, 0xFFFF_FFF0])
        {
            AssertContained(ptx, n: n);
        }
    }

    [Theory]
    [InlineData("cp.async.ca.shared.global [%r21], [%rd2], 5;")]
    [InlineData("cp.async.cg.shared.global [%r21], [%rd2], 8;")]
    [InlineData("cp.async.cg.shared.global [%r21], [%rd2], 16, 17;")]
    [InlineData("cp.async.cg.shared.global [%r21], [%rd2], 16, -1;")]
    [InlineData("cp.async.bulk.shared::cluster.global.mbarrier::complete_tx::bytes [%r21], [%rd2], %r1, [%r20];")]
    public void Copies_of_other_sizes_are_refused(string copy)
    {
        using var attacker = new Attacker(Device);
        Assert.Equal(
            GpuErrorCode.MalformedPtx, attacker.Run(PtxText.Module("mov.u32 %r20, tile; mov.u32 %r21, tile;\n" + copy, Tile)).Code);
    }

    [Theory]
    [InlineData("ldmatrix.sync.aligned.m8n8.x1.shared.b16 {%r10}, [%r21];")]
    [InlineData("ldmatrix.sync.aligned.m8n8.x4.shared.b16 {%r10,%r11,%r12,%r13}, [%r21];")]
    [InlineData("ldmatrix.sync.aligned.m8n8.x2.trans.shared.b16 {%r10,%r11}, [%r21+-256];")]
    [InlineData("ldmatrix.sync.aligned.m8n8.x4.trans.shared.b16 {%r10,%r11,%r12,%r13}, [%r21+2147483632];")]
    public void Matrix_rows_are_read_inside(string access)
    {
        using var attacker = new Attacker(Device);
        var ptx = PtxText.Module(
            "mov.u32 %r20, tile; mad.lo.s32 %r21, %r2, %r1, %r20;\n" + access + "st.global.u32 [%rd3], %r10;", Tile);
        foreach (var mode in Modes)
        {
            foreach (var n in (uint[])[16, 17, 4096, 0x800_0000, 0xFFFF_FFF0])
            {
                var outcome = attacker.Run(ptx, 0, n, mode);
                Assert.True(outcome.IsContained, $"{access} {mode}, n = {n:x}: {outcome}");
            }
        }
    }

    [Theory]
    [InlineData("stmatrix.sync.aligned.m8n8.x1.shared.b16 [%r21], {%r10};")]
    [InlineData("stmatrix.sync.aligned.m8n8.x4.shared.b16 [%r21+16], {%r10,%r11,%r12,%r13};")]
    public void Matrix_rows_are_written_inside(string access)
    {
        using var attacker = new Attacker(Device);
        var ptx = PtxText.Module("mov.u32 %r20, tile; mad.lo.s32 %r21, %r2, %r1, %r20;\n" + access, Tile, "sm_90");
        foreach (var n in (uint[])[16, 17, 4096, 0x800_0000, 0xFFFF_FFF0])
        {
            var outcome = attacker.Run(ptx, 0, n);
            Assert.True(outcome.IsContained || outcome.IsRefused, $"{access} n = {n:x}: {outcome}");
        }
    }
}
