namespace TensorWasm.Gpu.Attacks;

/// <content>Ways around what a tenant was granted.</content>
public abstract partial class AttackSuite
{
    private const long Granted = 48 << 20;

    private static GpuQuota Quota => new() { MemoryBytes = Granted };

    /// <summary>Takes until it is refused, and gives what it took back.</summary>
    private void AssertBounded(Func<Attacker, int, IDisposable> take)
    {
        var attacker = new Attacker(Device, Quota);
        List<IDisposable> taken = [];
        GpuErrorCode? code = null;
        try
        {
            for (var i = 0; i < 1_000_000; i++)
            {
                taken.Add(take(attacker, i));
                Assert.True(attacker.Tenant.Usage.MemoryBytes <= Granted);
            }
        }
        catch (GpuException refusal)
        {
            code = refusal.Code;
        }

        Assert.True(code is GpuErrorCode.QuotaExceeded or GpuErrorCode.OutOfMemory, $"after {taken.Count}: {code}");
        taken.ForEach(static item => item.Dispose());
        attacker.Dispose();
        Assert.Equal(0, attacker.Tenant.Usage.MemoryBytes);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(257)]
    [InlineData(100_000)]
    [InlineData(3 << 20)]
    public void Many_allocations_are_bounded(int bytes) => AssertBounded((attacker, _) => attacker.Region.Allocate((ulong)bytes));

    [Fact]
    public void Many_streams_are_bounded() => AssertBounded((attacker, _) => attacker.Region.CreateStream());

    [Fact]
    public void Many_modules_are_bounded()
    {
        // The same kernel with another comment is another module.
        var padding = new string('/', 60_000);
        AssertBounded((attacker, i) => attacker.Region.Load(PtxText.Utf8($"{PtxText.Module("")}//{padding}\n// {i}\n{padding}\n{padding}\n{padding}\n{padding}")));
    }

    [Fact]
    public void Modules_global_variables_are_bounded()
    {
        var ptx = PtxText.Utf8(PtxText.Module("st.global.u32 [big], 1;", ".global .align 16 .b8 big[8388608];\n"));
        AssertBounded((attacker, _) => attacker.Region.Load(ptx));
    }

    [Fact]
    public void Many_regions_of_one_tenant_share_its_quota()
    {
        var tenant = new GpuTenant("many regions", Quota);
        List<Region> regions = [];
        GpuErrorCode? code = null;
        try
        {
            for (var i = 0; i < 64; i++)
            {
                regions.Add(Device.CreateRegion(tenant));
                regions[^1].Allocate(2 << 20);
            }
        }
        catch (GpuException refusal)
        {
            code = refusal.Code;
        }

        Assert.Equal(GpuErrorCode.QuotaExceeded, code);
        Assert.True(tenant.Usage.MemoryBytes <= Granted);
        regions.ForEach(static region => region.Dispose());
        Assert.Equal(0, tenant.Usage.MemoryBytes);
    }

    [Theory]
    [InlineData(0UL)]
    [InlineData(ulong.MaxValue)]
    [InlineData(1UL << 63)]
    [InlineData(1UL << 36)]
    public void Absurd_sizes_are_refused(ulong bytes)
    {
        using var attacker = new Attacker(Device, Quota);
        var before = attacker.Tenant.Usage.MemoryBytes;
        Assert.Equal(GpuErrorCode.InvalidRange, Assert.Throws<GpuException>(() => attacker.Region.Allocate(bytes)).Code);
        Assert.Equal(
            GpuErrorCode.QuotaExceeded, Assert.Throws<GpuException>(() => attacker.Region.Allocate(1UL << 30)).Code);
        Assert.Equal(before, attacker.Tenant.Usage.MemoryBytes);
    }

    [Fact]
    public void Launches_are_counted_however_they_are_made()
    {
        using var attacker = new Attacker(Device, new GpuQuota { LaunchesPerSecond = 40 });
        using var module = attacker.Region.Load(PtxText.Utf8(PtxText.Module("")));
        var kernel = module.FindKernel("k")!;
        var stream = attacker.Region.DefaultStream;
        stream.BeginRecording();
        for (var i = 0; i < 30; i++)
        {
            stream.Launch(kernel, Attacker.Small, attacker.Block(0, 0));
        }

        using var graph = stream.EndRecording();
        stream.Launch(graph);
        Assert.Equal(GpuErrorCode.QuotaExceeded, Assert.Throws<GpuException>(() => stream.Launch(graph)).Code);
        using var second = attacker.Region.CreateStream();
        var refused = 0;
        for (var i = 0; i < 100; i++)
        {
            try
            {
                (i % 2 == 0 ? stream : second).Launch(kernel, Attacker.Small, attacker.Block(0, 0));
            }
            catch (GpuException refusal) when (refusal.Code == GpuErrorCode.QuotaExceeded)
            {
                refused++;
            }
        }

        Assert.InRange(refused, 1, 100);
        stream.Wait();
        second.Wait();
    }

    [Fact]
    public void Many_graphs_are_bounded()
    {
        LoadedModule? module = null;
        AssertBounded((attacker, _) =>
        {
            module ??= attacker.Region.Load(PtxText.Utf8(PtxText.Module("")));
            var stream = attacker.Region.DefaultStream;
            stream.BeginRecording();
            try
            {
                for (var i = 0; i < 4096; i++)
                {
                    stream.Launch(module.FindKernel("k")!, Attacker.Small, attacker.Block(0, 0));
                }
            }
            catch
            {
                stream.EndRecording().Dispose();
                throw;
            }

            return stream.EndRecording();
        });
    }

    [Fact]
    public void Recordings_have_an_end()
    {
        using var attacker = new Attacker(Device);
        using var module = attacker.Region.Load(PtxText.Utf8(PtxText.Module("")));
        var stream = attacker.Region.DefaultStream;
        stream.BeginRecording();
        var block = attacker.Block(0, 0);
        for (var i = 0; i < GpuGraph.MaxLaunches; i++)
        {
            stream.Launch(module.FindKernel("k")!, Attacker.Small, block);
        }

        Assert.Equal(
            GpuErrorCode.QuotaExceeded,
            Assert.Throws<GpuException>(() => stream.Launch(module.FindKernel("k")!, Attacker.Small, block)).Code);
    }

    [Fact]
    public void Local_memory_cannot_take_the_device()
    {
        // 400 KiB a thread would be 100 GiB for all threads a large GPU keeps at once.
        using var attacker = new Attacker(Device, Quota);
        var ptx = PtxText.Module(
            ".local .align 16 .b8 box[409600]; mov.u32 %r5, box; add.s32 %r6, %r5, %r1; st.local.u32 [%r6], 1; ld.local.u32 %r7, [%r6+64]; st.global.u32 [%rd3], %r7;");
        var outcome = attacker.Run(ptx, shape: new LaunchShape(new(1024), new(1024)));
        Assert.True(outcome.IsRefused || outcome.Code == GpuErrorCode.QuotaExceeded, outcome.ToString());
    }
}
