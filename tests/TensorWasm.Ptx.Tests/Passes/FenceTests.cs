using TensorWasm.Ptx.Diagnostics;
using TensorWasm.Ptx.Fencing;
using TensorWasm.Ptx.Ir;
using TensorWasm.Ptx.Tests.TestSupport;

namespace TensorWasm.Ptx.Tests.Passes;

public sealed class FenceTests
{
    private const string Tile = ".shared .align 16 .b8 tile[4096];\n";
    private const string Dynamic = ".extern .shared .align 16 .b8 dyn[];\n";

    private static readonly FenceOptions Check = FenceText.Constant with { Mode = FenceMode.Check };

    public static TheoryData<string, FenceMode> Corpus()
    {
        var data = new TheoryData<string, FenceMode>();
        foreach (string path in PtxCorpus.Triton.Concat(PtxCorpus.Fixtures.Where(p => !p.EndsWith("tour.ptx", StringComparison.Ordinal))))
        {
            data.Add(path, FenceMode.Fence);
            data.Add(path, FenceMode.Check);
        }

        return data;
    }

    [Theory]
    [MemberData(nameof(Corpus))]
    public void Kernels_of_compilers_are_fenced_and_verify_again(string path, FenceMode mode)
    {
        foreach (ulong? start in (ulong?[])[null, 0x10_0000_0000])
        {
            FencedModule fenced = PtxFence.Apply(
                File.ReadAllBytes(path), new FenceOptions { Mode = mode, RegionBase = start, VerifyOutput = true });
            Assert.Empty(fenced.Diagnostics);
            Assert.NotEmpty(fenced.Kernels);
        }
    }

    [Fact]
    public void Loops_of_language_models_kernels_run_without_fences()
    {
        foreach (string path in PtxCorpus.Triton)
        {
            FencedModule fenced = PtxFence.Apply(File.ReadAllBytes(path), new FenceOptions());
            IEnumerable<FenceNote> notes = fenced.Kernels.SelectMany(kernel => kernel.Notes);
            Assert.DoesNotContain(notes, note => note.Action == FenceAction.NotVersioned);
        }
    }

    [Fact]
    public void A_load_is_masked_into_the_region_and_aligned()
    {
        FencedKernel kernel = FenceText.Kernel("mov.u64 %rd1, 0; ld.global.v4.f32 {%f1,%f2,%f3,%f4}, [%rd1+20]; ret;", FenceText.Constant);
        // 2^34 - 1 with the low 4 bits cleared for 16 bytes: 0x3FFFFFFF0; the base is 0x1000000000.
        Assert.Equal(
            [
                "mov.u64 %rd1, 0;",
                "add.s64 %tw_a, %rd1, 20;",
                $"and.b64 %tw_a_1, %tw_a, {0x3_FFFF_FFF0L};",
                $"or.b64 %tw_a_2, %tw_a_1, {0x10_0000_0000L};",
                "ld.global.v4.f32 {%f1, %f2, %f3, %f4}, [%tw_a_2];",
                "ret;",
            ],
            FenceText.Code(kernel));
    }

    [Theory]
    [InlineData("st.global.u32 [%rd1], %r1;", 0x1_FFFF_FFFCL)]
    [InlineData("st.global.v2.b64 [%rd1], {%rd2, %rd3};", 0x1_FFFF_FFF0L)]
    [InlineData("st.global.u8 [%rd1], %r1;", 0x1_FFFF_FFFFL)]
    [InlineData("atom.global.add.u64 %rd2, [%rd1], 1;", 0x1_FFFF_FFF8L)]
    [InlineData("red.global.add.f32 [%rd1], %f1;", 0x1_FFFF_FFFCL)]
    [InlineData("atom.cas.b16 %h1, [%rd1], %h2, %h3;", 0x1_FFFF_FFFEL)]
    [InlineData("ld.u16 %h1, [%rd1];", 0x3_FFFF_FFFEL)]
    [InlineData("ld.global.nc.b64 %rd2, [%rd1];", 0x3_FFFF_FFF8L)]
    [InlineData("prefetch.global.L2 [%rd1];", 0x3_FFFF_FFFFL)]
    public void Writes_stay_in_the_lower_half_and_reads_in_the_region(string access, long mask)
    {
        FencedKernel kernel = FenceText.Kernel(
            $"mov.u64 %rd1, 0; mov.u64 %rd2, 0; mov.u64 %rd3, 0; mov.u32 %r1, 0; mov.f32 %f1, 0f00000000; mov.b16 %h2, 0; mov.b16 %h3, 0; {access} ret;",
            FenceText.Constant);
        Assert.Contains($"and.b64 %tw_a, %rd1, {mask};", FenceText.Code(kernel));
    }

    [Fact]
    public void Base_and_mask_can_be_hidden_parameters()
    {
        FencedKernel kernel = FenceText.Kernel(
            "mov.u64 %rd1, 0; st.global.u32 [%rd1], 7; ret;",
            FenceText.Constant with { RegionBase = null, RegionBits = null },
            ".param .u32 n");
        Assert.Equal([HiddenParameter.RegionMask, HiddenParameter.RegionBase], kernel.HiddenParameters);
        Assert.Equal(
            [
                "ld.param.b64 %tw_regionmask, [__tw_regionmask];",
                "shr.u64 %tw_writemask, %tw_regionmask, 1;",
                "ld.param.b64 %tw_regionbase, [__tw_regionbase];",
                "mov.u64 %rd1, 0;",
                "and.b64 %tw_a, %rd1, %tw_writemask;",
                "and.b64 %tw_a_1, %tw_a, -4;",
                "or.b64 %tw_a_2, %tw_a_1, %tw_regionbase;",
                "st.global.u32 [%tw_a_2], 7;",
                "ret;",
            ],
            FenceText.Code(kernel));
        Assert.Equal(["n", "__tw_regionmask", "__tw_regionbase"], kernel.Kernel.Parameters.Select(p => p.Name));
        Assert.Single(kernel.Kernel.Signature.Parameters);
    }

    [Fact]
    public void Shared_accesses_are_clamped_to_the_declared_size()
    {
        FencedKernel kernel = FenceText.Kernel(
            "ld.shared.u32 %r1, [tile]; ld.shared.u32 %r2, [%r1+8]; ld.shared.u32 %r3, [tile+4092]; ret;", FenceText.Constant, globals: Tile);
        Assert.Equal(
            [
                "mov.u32 %tw_shared_first, __tw_shared;",
                "mov.u32 %tw_shared_last, __tw_shared+4092;",
                "ld.shared.u32 %r1, [__tw_shared];",
                "add.s32 %tw_w, %r1, 8;",
                "and.b32 %tw_w_1, %tw_w, -4;",
                "max.u32 %tw_w_2, %tw_w_1, %tw_shared_first;",
                "min.u32 %tw_w_3, %tw_w_2, %tw_shared_last;",
                "ld.shared.u32 %r2, [%tw_w_3];",
                "ld.shared.u32 %r3, [__tw_shared+4092];",
                "ret;",
            ],
            FenceText.Code(kernel));
        Assert.Equal(4096, kernel.StaticSharedBytes);
    }

    [Fact]
    public void Dynamic_shared_memory_ends_with_the_size_of_the_launch()
    {
        FencedKernel kernel = FenceText.Kernel("ld.shared.u64 %rd1, [dyn+16]; ret;", FenceText.Constant, globals: Dynamic);
        string[] code = FenceText.Code(kernel);
        Assert.Contains("mov.u32 %tw_shared_size, %dynamic_smem_size;", code);
        Assert.Contains("add.s32 %tw_shared_end, %tw_shared_dynamic, %tw_shared_size;", code);
        Assert.Contains("add.s32 %tw_shared_last, %tw_shared_end, -8;", code);
        Assert.True(kernel.UsesDynamicShared);

        // Nothing static comes before it: what the hardware aligns is the first byte of a block's memory.
        Assert.Contains("mov.u32 %tw_shared_first, dyn;", code);
        Assert.Equal(0, kernel.StaticSharedBytes);
    }

    [Fact]
    public void Variables_of_a_space_become_one()
    {
        FencedKernel kernel = FenceText.Kernel(
            ".shared .align 4 .b8 a[5]; .shared .align 8 .u64 b; .local .align 4 .b8 c[20]; ld.shared.u64 %rd1, [b]; st.shared.u8 [a+4], %r1; st.local.u32 [c+16], %r1; ret;",
            FenceText.Constant);
        // b first (it is named first): offset 0, 8 bytes; a at 16, 5 bytes; 21 rounded up to 32. c: 20 to 32.
        Assert.Equal(32, kernel.StaticSharedBytes);
        Assert.Equal(32, kernel.LocalBytes);
        Assert.Contains("st.shared.u8 [__tw_shared+20], %r1;", FenceText.Code(kernel));
    }

    [Fact]
    public void Generic_accesses_are_asked_for_windows_only_where_the_kernel_makes_such_addresses()
    {
        string plain = string.Join('\n', FenceText.Code(FenceText.Kernel("mov.u64 %rd1, 0; ld.u32 %r1, [%rd1]; ret;", FenceText.Constant)));
        Assert.DoesNotContain("isspacep", plain, StringComparison.Ordinal);
        string mixed = string.Join('\n', FenceText.Code(FenceText.Kernel(
            "mov.u64 %rd1, tile; cvta.shared.u64 %rd2, %rd1; st.u32 [%rd2+4], 1; ret;", FenceText.Constant, globals: Tile)));
        Assert.Contains("isspacep.shared %tw_in, %tw_a;", mixed, StringComparison.Ordinal);
        Assert.Contains("selp.b64", mixed, StringComparison.Ordinal);
    }

    [Fact]
    public void Global_variables_move_into_the_region()
    {
        FencedModule module = FenceText.Module(
            PtxText.Module(
                "ld.global.u32 %r1, [counter]; mov.u64 %rd1, table; ret;",
                globals: ".global .u32 counter = 7; .global .align 4 .b8 table[20];\n"),
            FenceText.Constant);
        Assert.Empty(module.Diagnostics);
        // The parameter is loaded once and nothing else is put into its register.
        Assert.DoesNotContain("mov.b64 %tw_globals", module.Print(), StringComparison.Ordinal);
        Assert.Equal([HiddenParameter.Globals], module.Kernels[0].HiddenParameters);
        Assert.Equal([7, 0, 0, 0], module.Globals[..4].ToArray());
        Assert.Equal(48, module.Globals.Length);
        Assert.Contains("add.s64 %rd1, %tw_globals, 16;", FenceText.Code(module.Kernels[0]));
        Assert.DoesNotContain(".global .align", module.Print(), StringComparison.Ordinal);
    }

    [Fact]
    public void Check_mode_stops_before_an_access_that_the_fence_would_move()
    {
        FencedKernel kernel = FenceText.Kernel("mov.u64 %rd1, 0; @%p1 st.global.u32 [%rd1], 7; ret;", Check);
        string[] code = FenceText.Code(kernel);
        Assert.Contains("setp.ne.and.u64 %tw_bad, %rd1, %tw_a_1, %p1;", code);
        Assert.Contains("@%tw_bad bra $tw_stop;", code);
        Assert.Contains("atom.relaxed.gpu.global.cas.b32 %tw, [%tw_status], 0, %tw_code;", code);
        Assert.Equal([HiddenParameter.Status], kernel.HiddenParameters);
    }

    [Fact]
    public void Traps_become_reported_stops()
    {
        FencedKernel kernel = FenceText.Kernel("setp.eq.u32 %p1, %r1, 0; @%p1 trap; ret;", FenceText.Constant);
        Assert.DoesNotContain("trap", string.Join('\n', FenceText.Code(kernel)), StringComparison.Ordinal);
        Assert.Contains($"mov.u32 %tw_code, {FenceStatus.Trapped};", FenceText.Code(kernel));
    }

    [Fact]
    public void Registers_that_may_hold_a_former_tenants_data_are_cleared()
    {
        FencedKernel kernel = FenceText.Kernel(
            "@%p1 mov.u32 %r1, 1; mov.u32 %r2, 2; add.s32 %r3, %r1, %r2; add.f64 %fd1, %fd2, %fd2; ret;", FenceText.Constant);
        string[] code = FenceText.Code(kernel);
        // %r2 and %r3 are written first on every way; %r1 only under a guard.
        Assert.Equal(["mov.b32 %r1, 0;", "mov.b64 %fd2, 0;", "mov.pred %p1, 0;"], code[..3].Order(StringComparer.Ordinal));
    }

    [Fact]
    public void Branch_tables_are_indexed_inside()
    {
        FencedKernel kernel = FenceText.Kernel(
            "mov.u32 %r1, 9; $t: .branchtargets $a, $b; brx.idx %r1, $t; $a: ret; $b: ret;", FenceText.Constant);
        Assert.Contains("min.u32 %tw_w, %r1, 1;", FenceText.Code(kernel));
    }

    [Fact]
    public void Copies_are_fenced_on_both_sides_and_their_size_is_bounded()
    {
        string code = string.Join('\n', FenceText.Code(FenceText.Kernel(
            "ld.shared.u32 %r1, [tile]; mov.u64 %rd1, 0; mov.u32 %r2, 99; cp.async.cg.shared.global [%r1], [%rd1], 16, %r2; ret;",
            FenceText.Constant, globals: Tile)));
        Assert.Contains("min.u32 %tw_w, %r2, 16;", code, StringComparison.Ordinal);
        Assert.Contains($"and.b64 %tw_a, %rd1, {0x3_FFFF_FFF0L};", code, StringComparison.Ordinal);
        Assert.Contains("cp.async.cg.shared.global [%tw_w_3], [%tw_a_1], 16, %tw_w;", code, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("bar.sync 0; bar.sync 1; ret;", "two different barriers")]
    [InlineData("bar.sync 0, 64; ret;", "part of the block")]
    [InlineData("bar.sync %r1; ret;", "constant")]
    [InlineData("bar.arrive 0, 64; ret;", "waiting")]
    [InlineData("wgmma.fence.sync.aligned; ret;", "multiple of 128")]
    [InlineData("ld.shared.u32 %r1, [%r2]; ret;", "no .shared variable")]
    [InlineData("ld.local.u32 %r1, [%r2]; ret;", "no .local variable")]
    public void What_no_pass_can_make_safe_is_a_diagnostic(string body, string reason)
    {
        FencedModule fenced = FenceText.Module(PtxText.Module(body), FenceText.Constant);
        PtxDiagnostic diagnostic = Assert.Single(fenced.Diagnostics);
        Assert.Equal(PtxDiagnosticId.NotFenceable, diagnostic.Id);
        Assert.Contains(reason, diagnostic.Reason, StringComparison.Ordinal);
        Assert.Empty(fenced.Kernels);
    }

    [Fact]
    public void Matrix_descriptors_of_unknown_layout_are_refused()
    {
        string registers = string.Join(",", Enumerable.Range(0, 4).Select(i => $"%f{i}"));
        string body = $"ld.param.u64 %rd1, [d]; ld.param.u64 %rd2, [d]; wgmma.mma_async.sync.aligned.m64n8k16.f32.bf16.bf16 {{{registers}}}, %rd1, %rd2, 1, 1, 1, 0, 0; ret;";
        FencedModule fenced = FenceText.Module(
            PtxText.Module(body, ".param .u64 d", Tile, "\n.reqntid 128\n"), FenceText.Constant);
        Assert.Contains("layout fields", fenced.Diagnostics[0].Reason, StringComparison.Ordinal);
    }

    [Fact]
    public void Every_inserted_instruction_says_why()
    {
        string text = PtxCorpus.Kernel("attention");
        HashSet<string> authors = [.. PtxText.Verify(text).Kernels[0].Blocks.SelectMany(b => b.Instructions).Select(i => i.ToString())];
        FencedModule fenced = FenceText.Module(text, new FenceOptions { Mode = FenceMode.Check });
        Assert.All(
            fenced.Kernels[0].Kernel.Blocks.SelectMany(b => b.Instructions).Where(i => i.Reason is null),
            instruction => Assert.Contains(instruction.ToString(), authors));
    }

    [Fact]
    public void Nothing_unverified_reaches_the_driver()
    {
        string text = FenceText.Module(PtxCorpus.Kernel("add"), FenceText.Constant).Print();
        Assert.DoesNotContain(".section", text, StringComparison.Ordinal);
        Assert.DoesNotContain(".loc", text, StringComparison.Ordinal);
        Assert.DoesNotContain(".file", text, StringComparison.Ordinal);
        Assert.DoesNotContain("//", text, StringComparison.Ordinal);
    }

    [Fact]
    public void Traps_behind_several_conditions_are_reported_stops()
    {
        FencedModule module = PtxFence.Apply(
            System.Text.Encoding.UTF8.GetBytes(PtxText.Header + """
                .entry k()
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
                """),
            new FenceOptions { VerifyOutput = true });
        Assert.True(module.IsValid, string.Join('\n', module.Diagnostics));
        Assert.Contains(HiddenParameter.Status, module.Kernels[0].HiddenParameters);
    }
}
