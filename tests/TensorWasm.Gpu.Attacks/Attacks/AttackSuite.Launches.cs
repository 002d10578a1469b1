namespace TensorWasm.Gpu.Attacks;

/// <content>Launches that the door must refuse: arguments, grids, shared memory, handles.</content>
public abstract partial class AttackSuite
{
    private const string Empty = "";

    public static TheoryData<uint, uint, uint, uint, uint, uint> AbsurdShapes => new()
    {
        { 0, 1, 1, 32, 1, 1 }, { 1, 0, 1, 32, 1, 1 }, { 1, 1, 1, 0, 1, 1 }, { 1, 1, 1, 32, 1, 0 },
        { 0x8000_0000, 1, 1, 32, 1, 1 }, { uint.MaxValue, 1, 1, 1, 1, 1 }, { 1, 65536, 1, 32, 1, 1 }, { 1, 1, uint.MaxValue, 32, 1, 1 },
        { 1, 1, 1, 1025, 1, 1 }, { 1, 1, 1, 32, 33, 1 }, { 1, 1, 1, 1, 1, 65 }, { 1, 1, 1, uint.MaxValue, uint.MaxValue, uint.MaxValue },
        { 1, 1, 1, 0x1_0001, 0x1_0001, 1 }, { int.MaxValue, 65535, 65535, 1, 1, 1 }, { int.MaxValue, 2, 1, 32, 1, 1 },
    };

    [Theory]
    [MemberData(nameof(AbsurdShapes))]
    public void Absurd_shapes_are_refused(uint gx, uint gy, uint gz, uint bx, uint by, uint bz)
    {
        using var attacker = new Attacker(Device);
        var outcome = attacker.Run(PtxText.Module(Empty), shape: new LaunchShape(new(gx, gy, gz), new(bx, by, bz)));
        Assert.True(outcome.Code == GpuErrorCode.InvalidDimensions, outcome.ToString());
    }

    [Theory]
    [InlineData(-1)]
    [InlineData(int.MinValue)]
    [InlineData(int.MaxValue)]
    [InlineData(1 << 20)]
    public void Absurd_shared_requests_are_refused(int bytes)
    {
        using var attacker = new Attacker(Device);
        var ptx = PtxText.Module("mov.u32 %r5, dyn; st.shared.u32 [%r5], 1;", ".extern .shared .align 16 .b8 dyn[];\n");
        var outcome = attacker.Run(ptx, shape: new LaunchShape(new(1), new(32), bytes));
        Assert.True(outcome.Code == GpuErrorCode.InvalidDimensions, outcome.ToString());
        Assert.Equal(
            GpuErrorCode.InvalidDimensions,
            attacker.Run(PtxText.Module(Empty), shape: new LaunchShape(new(1), new(32), bytes)).Code);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(15)]
    [InlineData(40_000)]
    public void Dynamic_shared_memory_ends_with_its_launch(int bytes)
    {
        using var attacker = new Attacker(Device);
        var ptx = PtxText.Module(
            "mov.u32 %r5, dyn; add.s32 %r6, %r5, %r1; st.shared.u32 [%r6], %r2; ld.shared.v4.u32 {%r7,%r8,%r9,%r10}, [%r6+16]; st.global.u32 [%rd3], %r7;",
            ".extern .shared .align 128 .b8 dyn[];\n.shared .align 4 .b8 some[20];\n");
        foreach (var n in (uint[])[0, 16, 4096, 40_000, 0x3_9000, 0x8000_0000, 0xFFFF_FF00])
        {
            var outcome = attacker.Run(ptx, 0, n, shape: new LaunchShape(new(2), new(32), bytes));
            Assert.True(outcome.IsContained, $"n = {n:x}: {outcome}");
        }
    }

    [Theory]
    [InlineData(0)]
    [InlineData(27)]
    [InlineData(29)]
    [InlineData(4096)]
    public void Parameter_blocks_of_another_size_are_refused(int bytes)
    {
        using var attacker = new Attacker(Device);
        using var module = attacker.Region.Load(PtxText.Utf8(PtxText.Module(Empty)));
        Assert.Equal(
            GpuErrorCode.InvalidArguments,
            attacker.Launch(module.FindKernel("k")!, new byte[bytes], Attacker.Small).Code);
    }

    [Fact]
    public void Arguments_of_another_count_size_or_kind_are_refused()
    {
        using var attacker = new Attacker(Device);
        using var module = attacker.Region.Load(PtxText.Utf8(
            PtxText.Header() + ".visible .entry k(.param .u64 .ptr .global p, .param .f32 f, .param .b8 s[12]) { ret; }"));
        var signature = module.FindKernel("k")!.Kernel.Signature;
        (ArgumentKind Kind, int Bytes)[][] wrong =
        [
            [],
            [(ArgumentKind.Pointer, 8)],
            [(ArgumentKind.Pointer, 8), (ArgumentKind.Float32, 4), (ArgumentKind.Bytes, 12), (ArgumentKind.Int32, 4)],
            [(ArgumentKind.Pointer, 4), (ArgumentKind.Float32, 4), (ArgumentKind.Bytes, 12)],
            [(ArgumentKind.Pointer, 8), (ArgumentKind.Int32, 4), (ArgumentKind.Bytes, 12)],
            [(ArgumentKind.Pointer, 8), (ArgumentKind.Float64, 8), (ArgumentKind.Bytes, 12)],
            [(ArgumentKind.Pointer, 8), (ArgumentKind.Float32, 4), (ArgumentKind.Bytes, 11)],
            [(ArgumentKind.Pointer, 8), (ArgumentKind.Float32, 4), (ArgumentKind.Bytes, 4096)],
        ];
        foreach (var arguments in wrong)
        {
            var failure = Assert.Throws<GpuException>(() =>
            {
                var writer = new ParameterWriter("k", signature, new byte[signature.Size]);
                foreach (var (kind, bytes) in arguments)
                {
                    writer.Add(kind, new byte[bytes]);
                }

                writer.Finish();
            });
            Assert.Equal(GpuErrorCode.InvalidArguments, failure.Code);
        }
    }

    [Fact]
    public void Another_tenants_kernels_buffers_events_and_graphs_are_refused()
    {
        using var attacker = new Attacker(Device);
        using var other = new Attacker(Device);
        using var module = other.Region.Load(PtxText.Utf8(PtxText.Module(Empty)));
        var kernel = module.FindKernel("k")!;
        Assert.Equal(GpuErrorCode.InvalidHandle, attacker.Launch(kernel, attacker.Block(0, 0), Attacker.Small).Code);

        other.Region.DefaultStream.BeginRecording();
        other.Region.DefaultStream.Launch(kernel, Attacker.Small, other.Block(0, 0));
        using var graph = other.Region.DefaultStream.EndRecording();
        Assert.Equal(
            GpuErrorCode.InvalidHandle, Assert.Throws<GpuException>(() => attacker.Region.DefaultStream.Launch(graph)).Code);
        using var marker = other.Region.CreateEvent();
        Assert.ThrowsAny<Exception>(() => attacker.Region.DefaultStream.Record(marker));

        module.Dispose();
        Assert.Equal(GpuErrorCode.InvalidHandle, other.Launch(kernel, other.Block(0, 0), Attacker.Small).Code);
        Assert.Equal(
            GpuErrorCode.InvalidHandle, Assert.Throws<GpuException>(() => other.Region.DefaultStream.Launch(graph)).Code);
    }

    [Theory]
    [InlineData(ulong.MaxValue, 1)]
    [InlineData(Attacker.BufferBytes, 1)]
    [InlineData(Attacker.BufferBytes - 1, 2)]
    [InlineData(ulong.MaxValue - 3, 8)]
    public void Copies_beyond_a_buffer_are_refused(ulong offset, int count)
    {
        using var attacker = new Attacker(Device);
        Assert.Equal(
            GpuErrorCode.InvalidRange, Assert.Throws<GpuException>(() => attacker.Own.Write(offset, new byte[count])).Code);
        Assert.Equal(
            GpuErrorCode.InvalidRange, Assert.Throws<GpuException>(() => attacker.Own.Read(offset, new byte[count])).Code);
        Assert.Equal(
            GpuErrorCode.InvalidRange, Assert.Throws<GpuException>(() => attacker.Own.Fill(offset, (ulong)count, 1)).Code);
    }

    [Fact]
    public void A_freed_buffers_address_leads_to_the_same_region_only()
    {
        using var attacker = new Attacker(Device);
        var freed = attacker.Region.Allocate(8 << 20);
        var address = freed.Address;
        freed.Dispose();
        Assert.Equal(GpuErrorCode.InvalidHandle, Assert.Throws<GpuException>(() => freed.Read(0, new byte[1])).Code);
        var outcome = attacker.Run(PtxText.Module("st.global.u32 [%rd2], 7;"), address);
        Assert.True(outcome.IsContained, outcome.ToString());
    }
}
