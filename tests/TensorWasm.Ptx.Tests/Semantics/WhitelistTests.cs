using TensorWasm.Ptx.Diagnostics;
using TensorWasm.Ptx.Isa;
using TensorWasm.Ptx.Tests.TestSupport;

namespace TensorWasm.Ptx.Tests.Semantics;

public sealed class WhitelistTests
{
    private const string Shared = ".shared .align 16 .b8 tile[4096];\n";

    [Theory]
    [InlineData("add.s32 %r1, %r2, -1;")]
    [InlineData("add.sat.s32 %r1, %r2, %r3;")]
    [InlineData("add.cc.u32 %r1, %r2, %r3; addc.u32 %r4, %r5, 0;")]
    [InlineData("add.rn.ftz.f32 %f1, %f2, 0f3F800000;")]
    [InlineData("add.f32 %r1, %r2, %r3;")]
    [InlineData("add.f16x2 %r1, %r2, %r3; fma.rn.bf16x2 %r1, %r2, %r3, %r4; add.f16 %h1, %h2, %h3;")]
    [InlineData("mul.wide.u32 %rd1, %r1, 4; mad.wide.s32 %rd1, %r1, 4, %rd2; mul.hi.u64 %rd1, %rd2, %rd3;")]
    [InlineData("div.full.f32 %f1, %f2, %f3; div.rn.f64 %fd1, %fd2, %fd3; div.u32 %r1, %r2, %r3;")]
    [InlineData("sqrt.rn.f32 %f1, %f2; rsqrt.approx.ftz.f32 %f1, %f2; ex2.approx.ftz.f32 %f1, %f2;")]
    [InlineData("min.NaN.f32 %f1, %f2, %f3; max.xorsign.abs.f32 %f1, %f2, %f3; tanh.approx.f32 %f1, %f2;")]
    [InlineData("setp.lt.and.s32 %p1|%p2, %r1, %r2, !%p3; setp.gtu.ftz.f32 %p1, %f1, %f2; set.eq.u32.f32 %r1, %f1, %f2;")]
    [InlineData("selp.b64 %rd1, %rd2, %rd3, %p1; slct.f32.s32 %f1, %f2, %f3, %r1; and.pred %p1, %p2, %p3;")]
    [InlineData("lop3.b32 %r1, %r2, %r3, %r4, 0xEA; prmt.b32 %r1, %r2, %r3, 0x5410; shf.l.wrap.b32 %r1, %r2, %r3, 5;")]
    [InlineData("bfe.u32 %r1, %r2, 4, 14; bfi.b32 %r1, %r2, %r3, 0, 8; popc.b64 %r1, %rd1; bfind.shiftamt.u32 %r1, %r2;")]
    [InlineData("mov.b64 %rd1, {%r1, %r2}; mov.b64 {%r1, _}, %rd1; mov.b32 %r1, {%h1, %h2}; mov.u32 %r1, %tid.x;")]
    [InlineData("mov.pred %p1, -1; mov.u64 %rd1, %globaltimer; mov.b128 %q1, {%rd1, %rd2};")]
    [InlineData("cvt.u64.u32 %rd1, %r1; cvt.rn.f32.s32 %f1, %r1; cvt.rzi.s32.f32 %r1, %f1; cvt.s16.s8 %h1, %r1;")]
    [InlineData("cvt.f32.f16 %f1, %h1; cvt.rn.bf16x2.f32 %r1, %f1, %f2; cvt.rna.tf32.f32 %r1, %f1; cvt.rn.f16.f32 %h1, %f1;")]
    [InlineData("cvt.rn.satfinite.e4m3x2.f32 %h1, %f1, %f2; cvt.rn.f16x2.e4m3x2 %r1, %h1; cvt.f32.bf16 %f1, %h1;")]
    [InlineData("ld.global.nc.v4.f32 {%f1, %f2, %f3, %f4}, [%rd1+16]; ld.volatile.shared.u8 %h1, [tile+3];")]
    [InlineData("ld.global.L1::no_allocate.L2::128B.v2.u64 {%rd1, %rd2}, [%rd3]; ld.acquire.gpu.global.u32 %r1, [%rd1];")]
    [InlineData("st.global.cs.v2.b64 [%rd1], {%rd2, %rd3}; st.relaxed.sys.u32 [%rd1], 5; st.shared.f32 [%r1], 0f00000000;")]
    [InlineData("atom.global.gpu.acq_rel.add.u32 %r1, [%rd1], %r2;")]
    [InlineData("atom.acq_rel.gpu.global.add.u32 %r1, [%rd1], %r2; atom.shared.cas.b32 %r1, [%r2], %r3, %r4;")]
    [InlineData("red.global.add.f32 [%rd1], %f1; red.global.add.noftz.f16x2 [%rd1], %r1; atom.global.add.v2.f32 {%f1,%f2}, [%rd1], {%f3,%f4};")]
    [InlineData("cp.async.cg.shared.global [%r1], [%rd1], 16, %r2; cp.async.commit_group; cp.async.wait_group 0;")]
    [InlineData("cp.async.ca.shared.global.L2::128B [%r1], [%rd1], 4; cp.async.wait_all;")]
    [InlineData("ldmatrix.sync.aligned.m8n8.x4.trans.shared.b16 {%r1, %r2, %r3, %r4}, [%r5+512];")]
    [InlineData("stmatrix.sync.aligned.m8n8.x2.shared.b16 [%r1], {%r2, %r3};")]
    [InlineData("mma.sync.aligned.m16n8k16.row.col.f32.bf16.bf16.f32 {%f1,%f2,%f3,%f4}, {%r1,%r2,%r3,%r4}, {%r5,%r6}, {%f1,%f2,%f3,%f4};")]
    [InlineData("mma.sync.aligned.m16n8k32.row.col.s32.s8.s8.s32 {%r1,%r2,%r3,%r4}, {%r5,%r6,%r7,%r8}, {%r9,%r10}, {%r1,%r2,%r3,%r4};")]
    [InlineData("shfl.sync.bfly.b32 %r1|%p1, %r2, 16, 31, -1; vote.sync.ballot.b32 %r1, %p1, -1; match.any.sync.b32 %r1, %r2, -1;")]
    [InlineData("redux.sync.add.s32 %r1, %r2, -1; activemask.b32 %r1; elect.sync _|%p1, -1; bar.warp.sync -1;")]
    [InlineData("bar.sync 0; barrier.sync.aligned 1; bar.red.popc.u32 %r1, 0, %p1; membar.gl; fence.acq_rel.gpu; fence.proxy.async.shared::cta;")]
    [InlineData("isspacep.shared %p1, %rd1; cvta.to.global.u64 %rd1, %rd2; cvta.shared.u64 %rd1, %rd2; griddepcontrol.wait;")]
    [InlineData("prefetch.global.L2 [%rd1]; griddepcontrol.launch_dependents; trap; exit;")]
    public void Instructions_of_PTX_ISA_9_7_are_accepted(string code)
    {
        PtxVerification result = PtxText.Verify(PtxText.Module(code, globals: Shared));
        Assert.Empty(result.Diagnostics);
    }

    [Theory]
    [InlineData("tex.2d.v4.f32.f32 {%f1,%f2,%f3,%f4}, [%rd1, {%f5,%f6}];", "textures")]
    [InlineData("suld.b.1d.b32.trap %r1, [%rd1, {%r2}];", "surfaces")]
    [InlineData("cp.async.bulk.shared::cluster.global.mbarrier::complete_tx::bytes [%r1], [%rd1], %r2, [%r3];", "bulk")]
    [InlineData("cp.async.bulk.tensor.2d.shared::cluster.global.tile.mbarrier::complete_tx::bytes [%r1], [%rd1, {%r2,%r3}], [%r4];", "bulk")]
    [InlineData("multimem.red.global.add.f32 [%rd1], %f1;", "multicast")]
    [InlineData("mapa.shared::cluster.u32 %r1, %r2, %r3;", "other blocks")]
    [InlineData("tensormap.replace.tile.global_address.shared::cta.b1024.b64 [%rd1], %rd2;", "tensor maps")]
    [InlineData("brkpt;", "breakpoint")]
    [InlineData("nanosleep.u32 1000000;", "deadline")]
    [InlineData("mbarrier.init.shared.b64 [%r1], 1;", "mbarrier")]
    [InlineData("wmma.load.a.sync.aligned.row.m16n16k16.global.f16 {%r1,%r2,%r3,%r4,%r5,%r6,%r7,%r8}, [%rd1], 16;", "wmma")]
    [InlineData("discard.global.L2 [%rd1], 128;", "cache control")]
    [InlineData("call (%r1), %rd1, (%r2), proto;", "indirect")]
    [InlineData("mov.u64 %rd1, k;", "function")]
    [InlineData("ld.global.u32 %r1, [128];", "absolute")]
    public void What_cannot_be_made_safe_is_refused_with_its_reason(string code, string reason)
    {
        PtxModule module = PtxModule.Parse(PtxText.Module(code));
        PtxDiagnostic diagnostic = module.Syntax is { } syntax
            ? PtxVerifier.Verify(syntax).Diagnostics[0]
            : module.Diagnostics[0];
        Assert.Equal(PtxDiagnosticId.Refused, diagnostic.Id);
        Assert.Contains(reason, diagnostic.Reason, StringComparison.Ordinal);
        Assert.True(diagnostic.Position.Line > 4);
    }

    [Theory]
    [InlineData("frobnicate.u32 %r1, %r2;", PtxDiagnosticId.UnknownInstruction)]
    [InlineData("add.u8 %h1, %h2, %h3;", PtxDiagnosticId.UnknownInstruction)]
    [InlineData("ld.global.L2::cache_hint.u32 %r1, [%rd1], %rd2;", PtxDiagnosticId.UnknownInstruction)]
    [InlineData("add.s32 %r1, %r2, %rd3;", PtxDiagnosticId.Operand)]
    [InlineData("add.s32 %r1, %f2, %r3;", PtxDiagnosticId.Operand)]
    [InlineData("add.s32 %p1, %r2, %r3;", PtxDiagnosticId.Operand)]
    [InlineData("add.s32 5, %r2, %r3;", PtxDiagnosticId.Operand)]
    [InlineData("add.s32 %r1, %r2;", PtxDiagnosticId.Operand)]
    [InlineData("add.s32 %r1, %r2, 0x1FFFFFFFF;", PtxDiagnosticId.Operand)]
    [InlineData("add.f32 %f1, %f2, 1;", PtxDiagnosticId.Operand)]
    [InlineData("add.s32 %r1, %tid.x, %r2;", PtxDiagnosticId.Operand)]
    [InlineData("mov.u32 %r1, %envreg3;", PtxDiagnosticId.UndefinedSymbol)]
    [InlineData("mov.u32 %r1, %r999;", PtxDiagnosticId.UndefinedSymbol)]
    [InlineData("mov.u32 %r1, %r01;", PtxDiagnosticId.UndefinedSymbol)]
    [InlineData("bra nowhere;", PtxDiagnosticId.UndefinedSymbol)]
    [InlineData("@%r1 bra $x; $x:", PtxDiagnosticId.Operand)]
    [InlineData("ld.global.u32 %r1, [%r2];", PtxDiagnosticId.Operand)]
    [InlineData("ld.shared.u32 %r1, [tile+4096];", PtxDiagnosticId.OutOfBounds)]
    [InlineData("ld.shared.u64 %rd1, [tile+4092];", PtxDiagnosticId.OutOfBounds)]
    [InlineData("ld.shared.u32 %r1, [tile-4];", PtxDiagnosticId.OutOfBounds)]
    [InlineData("ld.shared.u32 %r1, [tile+2];", PtxDiagnosticId.OutOfBounds)]
    [InlineData("ld.global.u32 %r1, [tile];", PtxDiagnosticId.Operand)]
    [InlineData("ld.param.u32 %r1, [a+8];", PtxDiagnosticId.OutOfBounds)]
    [InlineData("st.param.u32 [a], %r1;", PtxDiagnosticId.Operand)]
    [InlineData("cp.async.cg.shared.global [%r1], [%rd1], 8;", PtxDiagnosticId.Operand)]
    [InlineData("$l: $l:", PtxDiagnosticId.DuplicateSymbol)]
    [InlineData(".reg .b32 %r5;", PtxDiagnosticId.DuplicateSymbol)]
    [InlineData(".reg .b32 %big<1000000000>;", PtxDiagnosticId.Limit)]
    [InlineData(".local .b8 huge[99999999999];", PtxDiagnosticId.Declaration)]
    [InlineData(".local .align 3 .b8 odd[4];", PtxDiagnosticId.Declaration)]
    [InlineData(".shared .b8 init[2] = {1, 2};", PtxDiagnosticId.Declaration)]
    public void Mistakes_are_told_apart(string code, PtxDiagnosticId id)
    {
        PtxDiagnostic diagnostic = PtxText.Refused(code, ".param .u64 a", Shared);
        Assert.Equal(id, diagnostic.Id);
    }

    [Theory]
    [InlineData(".version 9.1\n.target sm_90\n.address_size 64\n")]
    [InlineData(".version 42.0\n.target sm_90\n.address_size 64\n")]
    [InlineData(".version 8.0\n.target sm_100\n.address_size 64\n")]
    [InlineData(".version 8.0\n.target sm_90f\n.address_size 64\n")]
    [InlineData(".version 8.0\n.target sm_90, texmode_unified\n.address_size 64\n")]
    [InlineData(".version 8.0\n.target sm_90\n.address_size 32\n")]
    [InlineData(".version 8.0\n.target sm_90\n")]
    public void Versions_and_targets_beyond_the_known_are_refused(string header)
    {
        Assert.Equal(PtxDiagnosticId.Version, PtxText.Verify(header).Diagnostics.Single().Id);
    }

    [Theory]
    [InlineData("80", "wgmma.fence.sync.aligned;")]
    [InlineData("90", "wgmma.fence.sync.aligned;")]
    [InlineData("75", "cp.async.commit_group;")]
    [InlineData("80", "elect.sync _|%p1, -1;")]
    public void Instructions_newer_than_the_target_are_refused(string sm, string code)
    {
        string text = PtxText.Module(code).Replace("sm_90a", "sm_" + sm, StringComparison.Ordinal);
        Assert.Equal(PtxDiagnosticId.Version, PtxText.Verify(text).Diagnostics.Single().Id);
    }

    [Theory]
    [InlineData(".extern .func (.param .b32 r) vprintf(.param .b64 f, .param .b64 a);", "external")]
    [InlineData(".extern .global .u32 theirs;", "extern")]
    [InlineData(".common .global .u32 ours;", ".common")]
    [InlineData(".global .u64 pointer[1] = {pointer};", "address")]
    public void Module_items_that_reach_outside_are_refused(string item, string reason)
    {
        PtxDiagnostic diagnostic = PtxText.Refused("ret;", globals: item + "\n");
        Assert.Equal(PtxDiagnosticId.Refused, diagnostic.Id);
        Assert.Contains(reason, diagnostic.Reason, StringComparison.Ordinal);
    }

    [Fact]
    public void No_mnemonic_is_both_accepted_and_refused()
    {
        Assert.DoesNotContain(
            InstructionTable.Mnemonics, name => name != "trap" && RefusedOpcodes.Reason(name) is not null);
    }

    [Fact]
    public void Every_row_of_the_whitelist_resolves_its_own_operands()
    {
        foreach (string opcode in (string[])["ld.weak.global.b32", "wgmma.mma_async.sync.aligned.m64n256k16.f32.bf16.bf16"])
        {
            Assert.NotEmpty(InstructionTable.Resolve(opcode));
        }

        // m64n256: 64*256 results over 128 threads are 128 a thread (PTX ISA 9.7.15.5).
        PtxOpcode wgmma = InstructionTable.Resolve("wgmma.mma_async.sync.aligned.m64n256k16.f32.bf16.bf16")[0];
        Assert.Equal(128, wgmma.Operands[0].Count);
        Assert.Equal(64, InstructionTable.Resolve("wgmma.mma_async.sync.aligned.m64n256k16.f16.f16.f16")[0].Operands[0].Count);
    }
}
