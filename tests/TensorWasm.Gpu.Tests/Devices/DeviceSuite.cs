using System.Diagnostics;
using System.Runtime.InteropServices;
using TensorWasm.Ptx.Fencing;

namespace TensorWasm.Gpu.Tests.Devices;

/// <summary>
/// What every device must do alike. A class a device derives from it and says how it is opened; where there is none, its
/// tests are skipped with the reason.
/// </summary>
public abstract class DeviceSuite
{
    /// <summary>
    /// Milliseconds that the end of a kernel may come after its deadline: enough for a busy machine, and below the limit
    /// that a device has where a launch names none.
    /// </summary>
    private const double Late = 15_000;

    private readonly GpuTenant _tenant = new("tests");

    /// <summary>The device; opened once, or skipped.</summary>
    protected abstract GpuDevice Device { get; }

    [Fact]
    public void A_kernel_adds_vectors()
    {
        using var region = Device.CreateRegion(_tenant);
        var x = Enumerable.Range(0, 100_003).Select(static i => i * 0.5f).ToArray();
        var y = Enumerable.Range(0, 100_003).Select(static i => i * 0.25f).ToArray();
        using var buffers = new Vectors(region, x, y);
        Add(region, buffers, x.Length);
        Assert.Equal(x.Zip(y, static (a, b) => a + b), buffers.Result());
    }

    [Fact]
    public void Buffers_are_zero_when_allocated_and_when_their_place_is_used_again()
    {
        using var region = Device.CreateRegion(_tenant);
        for (var round = 0; round < 3; round++)
        {
            foreach (var size in (ulong[])[256, 4_096, 3 << 20, 9 << 20])
            {
                using var buffer = region.Allocate(size);
                var bytes = new byte[size];
                buffer.Read(0, bytes);
                Assert.False(bytes.AsSpan().ContainsAnyExcept((byte)0));
                buffer.Fill(0, size, 0xA5);
                buffer.Read(0, bytes);
                Assert.False(bytes.AsSpan().ContainsAnyExcept((byte)0xA5));
            }
        }
    }

    [Fact]
    public void Buffers_that_share_granules_can_be_freed_in_any_order()
    {
        using var region = Device.CreateRegion(_tenant);
        var random = new Random(1);
        List<(DeviceBuffer Buffer, byte Mark)> live = [];
        for (var i = 0; i < 120; i++)
        {
            if (live.Count > 12)
            {
                var at = random.Next(live.Count);
                Check(live[at]);
                live[at].Buffer.Dispose();
                live.RemoveAt(at);
            }
            var buffer = region.Allocate((ulong)random.NextInt64(1, 7 << 20));
            buffer.Fill(0, buffer.Length, (byte)i);
            live.Add((buffer, (byte)i));
        }
        live.ForEach(Check);
        live.ForEach(static entry => entry.Buffer.Dispose());

        static void Check((DeviceBuffer Buffer, byte Mark) entry)
        {
            var bytes = new byte[entry.Buffer.Length];
            entry.Buffer.Read(0, bytes);
            Assert.False(bytes.AsSpan().ContainsAnyExcept(entry.Mark));
        }
    }

    [Fact]
    public void Stores_anywhere_leave_a_neighbours_memory_alone()
    {
        using var victim = Device.CreateRegion(new GpuTenant("victim"));
        using var attacker = Device.CreateRegion(new GpuTenant("attacker"));
        using var secret = victim.Allocate(8 << 20);
        secret.Fill(0, secret.Length, 0x5A);
        using var module = attacker.Load(TestKernels.Spray);
        var kernel = module.FindKernel("store")!;
        for (var round = 0UL; round < 8; round++)
        {
            Launch(attacker, kernel, new LaunchShape(new(256), new(256)), (round * 977) + victim.Layout.Base, 0xDEADBEEFu);
        }

        // Nothing lies in the attacker's region but scratch, so on devices whose holes fault the kernel is stopped.
        try
        {
            attacker.DefaultStream.Wait(TestContext.Current.CancellationToken);
        }
        catch (GpuException e)
        {
            Assert.Equal(GpuErrorCode.OutOfBounds, e.Code);
        }
        var bytes = new byte[secret.Length];
        secret.Read(0, bytes);
        Assert.False(bytes.AsSpan().ContainsAnyExcept((byte)0x5A));
    }

    [Fact]
    public void Check_mode_reports_kernel_line_block_thread_and_address()
    {
        using var region = Device.CreateRegion(_tenant);
        using var module = region.Load(TestKernels.Increment, FenceMode.Check);
        var outside = region.Layout.Base + region.Layout.Size + 0x1000;
        Launch(region, module.FindKernel("increment")!, new LaunchShape(new(1), new(32)), outside, 1u);
        var failure = Assert.Throws<GpuException>(() => region.DefaultStream.Wait(TestContext.Current.CancellationToken));
        Assert.Equal(GpuErrorCode.OutOfBounds, failure.Code);
        var stop = failure.Stop!;
        Assert.Equal("increment", stop.Kernel);
        Assert.Equal(outside, stop.Address);
        Assert.Equal(4, stop.AccessBytes);
        Assert.False(stop.IsWrite);
        Assert.Equal(new Dim3(0, 0, 0), stop.Block);
        Assert.Equal(new Dim3(0, 0, 0), stop.Thread);
        Assert.Equal("            ld.global.u32 %r5, [%d2];".Trim(), LineOf(TestKernels.Increment, stop.Line));

        // The stream goes on, and the report is not repeated.
        using var buffer = region.Allocate(4);
        Launch(region, module.FindKernel("increment")!, new LaunchShape(new(1), new(32)), buffer.Address, 1u);
        region.DefaultStream.Wait(TestContext.Current.CancellationToken);
        var word = new byte[4];
        buffer.Read(0, word);
        Assert.Equal(1, BitConverter.ToInt32(word));
    }

    [Fact]
    public void A_trap_is_a_reported_stop()
    {
        using var region = Device.CreateRegion(_tenant);
        using var module = region.Load(TestKernels.Stops);
        region.DefaultStream.Launch(module.FindKernel("traps")!, new LaunchShape(new(8), new(32)), []);
        var failure = Assert.Throws<GpuException>(() => region.DefaultStream.Wait(TestContext.Current.CancellationToken));
        Assert.Equal(GpuErrorCode.Trapped, failure.Code);
        Assert.Equal(new Dim3(3, 0, 0), failure.Stop!.Block);
        Assert.Equal(new Dim3(5, 0, 0), failure.Stop.Thread);
    }

    [Fact]
    public void A_kernel_without_accesses_takes_parameters_of_any_size()
    {
        using var region = Device.CreateRegion(_tenant);
        using var module = region.Load(
            ".version 8.0\n.target sm_80\n.address_size 64\n.visible .entry k(.param .u64 a, .param .u32 n) { ret; }"u8.ToArray());
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(30));
        region.DefaultStream.Launch(module.FindKernel("k")!, new LaunchShape(new(3), new(64)), new byte[12]);
        region.DefaultStream.Wait(limit.Token);
        Assert.True(region.DefaultStream.IsIdle);
    }

    [Fact]
    public void Barriers_count_and_ask_all_or_any_between_others_that_only_wait()
    {
        using var region = Device.CreateRegion(_tenant);
        using var module = region.Load(TestKernels.Reductions);
        using var results = region.Allocate(4 * 96 * 4);
        region.DefaultStream.Launch(
            module.FindKernel("reductions")!, new LaunchShape(new(1), new(96)), BitConverter.GetBytes(results.Address));
        region.DefaultStream.Wait(TestContext.Current.CancellationToken);
        var words = new uint[4 * 96];
        results.Read(0, MemoryMarshal.AsBytes(words.AsSpan()));
        for (var thread = 0; thread < 96; thread++)
        {
            // Every third of 96 threads; not all are; some are; none is beyond 95.
            Assert.Equal([32u, 0u, 1u, 1u], words.AsSpan(thread * 4, 4).ToArray());
        }
    }

    [Fact]
    public void An_endless_kernel_ends_at_its_deadline_and_the_region_goes_on()
    {
        using var region = Device.CreateRegion(_tenant);
        using var module = region.Load(TestKernels.Stops);
        using var buffer = region.Allocate(256);
        var kernel = module.FindKernel("forever")!;
        var limit = TimeSpan.FromMilliseconds(100);
        for (var round = 0; round < 3; round++)
        {
            var start = Stopwatch.GetTimestamp();
            region.DefaultStream.Launch(
                kernel, new LaunchShape(new(64), new(64)), BitConverter.GetBytes(buffer.Address), limit);
            var failure =
                Assert.Throws<GpuException>(() => region.DefaultStream.Wait(TestContext.Current.CancellationToken));
            Assert.Equal(GpuErrorCode.DeadlineExceeded, failure.Code);
            var late = Stopwatch.GetElapsedTime(start) - limit;
            Assert.InRange(late.TotalMilliseconds, -1, Late);
        }
        A_kernel_adds_vectors();
    }

    [Fact]
    public void Each_of_many_launches_reports_its_own_stop()
    {
        var tenant = new GpuTenant("many");
        using var region = Device.CreateRegion(tenant);
        using var module = region.Load(TestKernels.Stops);
        for (var i = 0; i < 3_000; i++)
        {
            var kernel = module.FindKernel(i % 500 == 7 ? "traps" : "nothing")!;
            region.DefaultStream.Launch(kernel, new LaunchShape(new(4), new(32)), []);
        }
        Assert.Throws<GpuException>(() => region.DefaultStream.Wait(TestContext.Current.CancellationToken));
        Assert.Equal(3_000, tenant.Usage.Launches);
        Assert.Equal(6, tenant.Usage.Stops);
        Assert.Equal(6, tenant.GetKernelUsage().Single(static usage => usage.Kernel == "traps").Launches);
    }

    [Fact]
    public void A_graph_replays_its_launches_in_order()
    {
        using var region = Device.CreateRegion(_tenant);
        using var module = region.Load(TestKernels.Increment);
        using var buffer = region.Allocate(1 << 20);
        var stream = region.DefaultStream;
        stream.BeginRecording();
        for (var i = 0; i < 20; i++)
        {
            Launch(region, module.Kernels[0], new LaunchShape(new(1_024), new(256)), buffer.Address, 262_144u);
        }
        using var graph = stream.EndRecording();
        for (var i = 0; i < 30; i++)
        {
            stream.Launch(graph);
        }
        stream.Wait(TestContext.Current.CancellationToken);
        var bytes = new byte[buffer.Length];
        buffer.Read(0, bytes);
        Assert.False(MemoryMarshal.Cast<byte, int>(bytes).ContainsAnyExcept(600));
    }

    [Fact]
    public void A_graph_keeps_deadlines_and_reports_stops()
    {
        using var region = Device.CreateRegion(_tenant);
        using var module = region.Load(TestKernels.Stops);
        using var buffer = region.Allocate(256);
        var stream = region.DefaultStream;
        stream.BeginRecording();
        stream.Launch(module.FindKernel("nothing")!, new LaunchShape(new(1), new(32)), []);
        Launch(region, module.FindKernel("forever")!, new LaunchShape(new(1), new(32)), buffer.Address);
        using var graph = stream.EndRecording();
        // Code is compiled at its first launch, which counts: the time would be over before the kernel that never ends.
        Release();
        for (var round = 0; round < 2; round++)
        {
            buffer.Write(0, BitConverter.GetBytes(0));
            var start = Stopwatch.GetTimestamp();
            stream.Launch(graph, TimeSpan.FromMilliseconds(200));
            var failure = Assert.Throws<GpuException>(() => stream.Wait(TestContext.Current.CancellationToken));
            Assert.Equal(GpuErrorCode.DeadlineExceeded, failure.Code);
            Assert.Equal("forever", failure.Stop!.Kernel);
            Assert.InRange(Stopwatch.GetElapsedTime(start).TotalMilliseconds, 199, Late);
        }
        Release();

        void Release()
        {
            buffer.Write(0, BitConverter.GetBytes(77));
            stream.Launch(graph);
            stream.Wait(TestContext.Current.CancellationToken);
        }
    }

    [Fact]
    public void Streams_wait_for_each_others_events_and_events_measure_time()
    {
        using var region = Device.CreateRegion(_tenant);
        using var module = region.Load(TestKernels.Increment);
        using var buffer = region.Allocate(4 << 20);
        using var first = region.CreateStream();
        using var second = region.CreateStream();
        using var begun = region.CreateEvent();
        using var half = region.CreateEvent();
        using var ended = region.CreateEvent();
        Assert.Throws<GpuException>(() => half.Since(begun));
        first.Record(begun);
        for (var i = 0; i < 50; i++)
        {
            Launch(first, module.Kernels[0], new LaunchShape(new(4_096), new(256)), buffer.Address, 1u << 20);
        }
        first.Record(half);
        second.WaitFor(half);
        for (var i = 0; i < 50; i++)
        {
            Launch(second, module.Kernels[0], new LaunchShape(new(4_096), new(256)), buffer.Address, 1u << 20);
        }
        second.Record(ended);
        ended.Wait(TestContext.Current.CancellationToken);
        Assert.True(half.IsComplete);
        Assert.True(half.Since(begun) > TimeSpan.Zero);
        Assert.True(ended.Since(begun) > half.Since(begun));
        var bytes = new byte[buffer.Length];
        buffer.Read(0, bytes);
        Assert.False(MemoryMarshal.Cast<byte, int>(bytes).ContainsAnyExcept(100));
    }

    [Fact]
    public void Global_variables_belong_to_a_region_and_code_to_all()
    {
        using var one = Device.CreateRegion(_tenant);
        using var other = Device.CreateRegion(new GpuTenant("other"));
        using var first = one.Load(TestKernels.Counter);
        using var second = other.Load(TestKernels.Counter);
        Assert.Same(first.Module, second.Module);
        Assert.Equal([41, 42, 43], Enumerable.Range(0, 3).Select(_ => Count(one, first)));
        Assert.Equal([41, 42], Enumerable.Range(0, 2).Select(_ => Count(other, second)));

        static int Count(Region region, LoadedModule module)
        {
            using var buffer = region.Allocate(4);
            Launch(region, module.Kernels[0], new LaunchShape(new(1), new(1)), buffer.Address);
            var word = new byte[4];
            buffer.Read(0, word);
            return BitConverter.ToInt32(word);
        }
    }

    [Fact]
    public void Dynamic_shared_memory_reaches_the_devices_limit()
    {
        using var region = Device.CreateRegion(_tenant);
        using var module = region.Load(TestKernels.Reverse);
        using var buffer = region.Allocate(4_096);
        var words = Enumerable.Range(0, 1_024).ToArray();
        buffer.Write(0, MemoryMarshal.AsBytes(words.AsSpan()));
        var most = Device.Info.MaxSharedBytesPerBlock - (int)module.Kernels[0].Kernel.Fenced.StaticSharedBytes;
        Launch(region, module.Kernels[0], new LaunchShape(new(2), new(512), most), buffer.Address);
        region.DefaultStream.Wait(TestContext.Current.CancellationToken);
        buffer.Read(0, MemoryMarshal.AsBytes(words.AsSpan()));
        Assert.Equal(Enumerable.Range(0, 512).Reverse().Concat(Enumerable.Range(512, 512).Reverse()), words);
        var failure = Assert.Throws<GpuException>(
            () => Launch(region, module.Kernels[0], new LaunchShape(new(2), new(512), most + 1), buffer.Address));
        Assert.Equal(GpuErrorCode.InvalidDimensions, failure.Code);
    }

    [Fact]
    public async Task Tenants_on_many_threads_get_their_own_results()
    {
        var cancellation = TestContext.Current.CancellationToken;
        await Task.WhenAll(Enumerable.Range(0, 8).Select(seed => Task.Run(
            () =>
            {
                using var region = Device.CreateRegion(new GpuTenant($"tenant {seed}"));
                using var module = region.Load(TestKernels.Increment);
                using var buffer = region.Allocate(65_536);
                for (var i = 0; i < 200; i++)
                {
                    Launch(region, module.Kernels[0], new LaunchShape(new(64), new(256)), buffer.Address, 16_384u);
                    if (i % 7 == seed % 7)
                    {
                        region.DefaultStream.Wait(cancellation);
                    }
                }
                region.DefaultStream.Wait(cancellation);
                var bytes = new byte[buffer.Length];
                buffer.Read(0, bytes);
                Assert.False(MemoryMarshal.Cast<byte, int>(bytes).ContainsAnyExcept(200));
            },
            cancellation)));
    }

    [Fact]
    public void Memory_is_charged_and_given_back()
    {
        var tenant = new GpuTenant("small", new GpuQuota { MemoryBytes = 32 << 20 });
        using (var region = Device.CreateRegion(tenant))
        {
            using var buffer = region.Allocate(8 << 20);
            var failure = Assert.Throws<GpuException>(() => region.Allocate(64 << 20));
            Assert.Equal(GpuErrorCode.QuotaExceeded, failure.Code);
            using var again = region.Allocate(2 << 20);
        }
        Assert.Equal(0, tenant.Usage.MemoryBytes);
    }

    /// <summary>Launches with 32- and 64-bit arguments.</summary>
    protected static void Launch(Region region, LoadedKernel kernel, in LaunchShape shape, params object[] arguments) =>
        Launch(region.DefaultStream, kernel, shape, arguments);

    /// <summary>Launches with 32- and 64-bit arguments.</summary>
    protected static void Launch(GpuStream stream, LoadedKernel kernel, in LaunchShape shape, params object[] arguments)
    {
        var block = new byte[kernel.Kernel.Signature.Size];
        var writer = new ParameterWriter(kernel.Kernel.Name, kernel.Kernel.Signature, block);
        foreach (var argument in arguments)
        {
            if (argument is ulong wide)
            {
                writer.Add(ArgumentKind.Pointer, BitConverter.GetBytes(wide));
            }
            else
            {
                writer.Add(ArgumentKind.Int32, BitConverter.GetBytes((uint)argument));
            }
        }
        writer.Finish();
        stream.Launch(kernel, shape, block);
    }

    private static void Add(Region region, Vectors vectors, int count)
    {
        using var module = region.Load(TestKernels.Add);
        Launch(
            region, module.FindKernel("add")!, new LaunchShape(new((uint)(count + 255) / 256), new(256)),
            vectors.X.Address, vectors.Y.Address, vectors.Z.Address, (uint)count);
        region.DefaultStream.Wait(TestContext.Current.CancellationToken);
    }

    private static string LineOf(byte[] ptx, int line) =>
        System.Text.Encoding.UTF8.GetString(ptx).Split('\n')[line - 1].Trim();

    /// <summary>Two vectors and room for a third.</summary>
    private sealed class Vectors : IDisposable
    {
        internal Vectors(Region region, float[] x, float[] y)
        {
            X = Put(region, x);
            Y = Put(region, y);
            Z = region.Allocate((ulong)x.Length * sizeof(float));
        }

        internal DeviceBuffer X { get; }

        internal DeviceBuffer Y { get; }

        internal DeviceBuffer Z { get; }

        public void Dispose()
        {
            X.Dispose();
            Y.Dispose();
            Z.Dispose();
        }

        internal float[] Result()
        {
            var result = new float[Z.Length / sizeof(float)];
            Z.Read(0, MemoryMarshal.AsBytes(result.AsSpan()));
            return result;
        }

        private static DeviceBuffer Put(Region region, float[] values)
        {
            var buffer = region.Allocate((ulong)values.Length * sizeof(float));
            buffer.Write(0, MemoryMarshal.AsBytes(values.AsSpan()));
            return buffer;
        }
    }
}
