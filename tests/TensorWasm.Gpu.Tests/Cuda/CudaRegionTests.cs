using System.Diagnostics;
using System.Runtime.InteropServices;
using TensorWasm.Gpu.Tests.Devices;
using static TensorWasm.Gpu.Interop;

namespace TensorWasm.Gpu.Tests.Cuda;

/// <summary>
/// What a slot promises on a GPU: every address backed, linear memory at one address for both, guard pages kept.
/// </summary>
public sealed unsafe class CudaRegionTests
{
    private const int ReadWrite = 3;
    private const ulong Page = CudaSandbox.Page;

    [Fact]
    public void No_address_of_a_slot_faults_and_linear_memory_is_not_scratch()
    {
        using var region = CudaFixture.Device.CreateRegion(new GpuTenant("spray"));
        var memory = CudaSandbox.Place(region, 100 * Page);
        new Span<byte>(memory, (int)(100 * Page)).Fill(0x5A);
        using var module = region.Load(TestKernels.Spray);
        for (var round = 0UL; round < 16; round++)
        {
            Launch(region, module.Kernels[0], new(1_024), round << 40, 0x5A5A5A5Au);
        }
        region.DefaultStream.Wait(TestContext.Current.CancellationToken);
        Assert.False(new Span<byte>(memory, (int)(100 * Page)).ContainsAnyExcept((byte)0x5A));
    }

    [Fact]
    public void Kernels_and_the_processor_see_one_linear_memory_as_it_grows()
    {
        using var region = CudaFixture.Device.CreateRegion(new GpuTenant("grow"));
        var length = 3 * Page;
        var memory = (uint*)CudaSandbox.Place(region, length);
        using var module = region.Load(TestKernels.Increment);
        var expected = 0u;
        foreach (var next in (ulong[])[3 * Page, 4 * Page, 31 * Page, 32 * Page, 33 * Page, 700 * Page, 5_000 * Page])
        {
            if (next > length)
            {
                Assert.Equal(0, Libc.mprotect((nint)memory + (nint)length, (nuint)(next - length), ReadWrite));
                Assert.True(region.TryGrowLinear(next));
                Assert.False(new Span<uint>((byte*)memory + length, (int)((next - length) / 4)).ContainsAnyExcept(0u));
                new Span<uint>((byte*)memory + length, (int)((next - length) / 4)).Fill(expected);
                length = next;
            }
            Launch(region, module.Kernels[0], new((uint)(length / 1_024)), (ulong)memory, (uint)(length / 4));
            region.DefaultStream.Wait(TestContext.Current.CancellationToken);
            expected++;
            Assert.False(new Span<uint>(memory, (int)(length / 4)).ContainsAnyExcept(expected));
        }
    }

    [Fact]
    public void What_a_kernel_writes_behind_linear_memory_is_zero_when_it_grows_there()
    {
        using var region = CudaFixture.Device.CreateRegion(new GpuTenant("tail"));
        var memory = CudaSandbox.Place(region, Page);
        using var module = region.Load(TestKernels.Increment);
        Launch(region, module.Kernels[0], new(1_024), (ulong)memory, 262_144u);
        region.DefaultStream.Wait(TestContext.Current.CancellationToken);
        Libc.mprotect((nint)memory + (nint)Page, (nuint)Page, ReadWrite);
        Assert.True(region.TryGrowLinear(2 * Page));
        Assert.False(new Span<byte>(memory + Page, (int)Page).ContainsAnyExcept((byte)0));
    }

    [Fact]
    public void The_processor_keeps_its_guard()
    {
        using var region = CudaFixture.Device.CreateRegion(new GpuTenant("guard"));
        var memory = CudaSandbox.Place(region, Page);
        using var buffer = region.Allocate(4_096);
        var maps = File.ReadLines("/proc/self/maps").Select(static line => line.Split(' ', 3)).ToList();
        foreach (var (address, access) in new (ulong, string)[]
        {
            ((ulong)memory, "rw-"), ((ulong)memory + Page, "---"), ((ulong)memory + (2 << 20), "---"),
            ((ulong)memory + (8UL << 30), "---"), (buffer.Address, "---"), (region.Layout.ReadOnlyBase, "---"),
        })
        {
            Assert.StartsWith(access, maps.Single(map => Holds(map[0], address))[1], StringComparison.Ordinal);
        }

        static bool Holds(string range, ulong address)
        {
            var ends = range.Split('-').Select(static end => Convert.ToUInt64(end, 16)).ToArray();
            return address >= ends[0] && address < ends[1];
        }
    }

    [Fact]
    public void A_slot_is_clean_in_its_next_life()
    {
        ulong address;
        using (var region = CudaFixture.Device.CreateRegion(new GpuTenant("first")))
        {
            address = region.Layout.Base;
            using var buffer = region.Allocate(32 << 20);
            buffer.Fill(0, buffer.Length, 0xEE);
            var memory = CudaSandbox.Place(region, 40 * Page);
            new Span<byte>(memory, (int)(40 * Page)).Fill(0xEE);
        }
        using var next = CudaFixture.Device.CreateRegion(new GpuTenant("second"));
        Assert.Equal(address, next.Layout.Base);
        using var heap = next.Allocate(32 << 20);
        var bytes = new byte[heap.Length];
        heap.Read(0, bytes);
        Assert.False(bytes.AsSpan().ContainsAnyExcept((byte)0));
    }

    [Fact]
    public void Work_that_changes_between_partitions_stays_in_order()
    {
        // While another tenant has a region, kernels that are long, or not known yet, leave multiprocessors free: the
        // first launches of this one run on the partition, later ones, known to be short, on the whole device.
        using var other = CudaFixture.Device.CreateRegion(new GpuTenant("other"));
        using var region = CudaFixture.Device.CreateRegion(new GpuTenant("mixed"));
        using var small = region.Load(TestKernels.Increment);
        using var large = region.Load(TestKernels.Counter);
        using var words = region.Allocate(256 << 20);
        using var count = region.Allocate(4);
        var stream = region.DefaultStream;
        stream.BeginRecording();
        Launch(region, small.Kernels[0], new(262_144), words.Address, 64u << 20);
        Launch(region, large.Kernels[0], new(1), count.Address, 0);
        using var graph = stream.EndRecording();
        for (var i = 0; i < 40; i++)
        {
            Launch(region, small.Kernels[0], new(262_144), words.Address, 64u << 20);
            Launch(region, large.Kernels[0], new(1), count.Address, 0);
            stream.Launch(graph);
        }
        stream.Wait(TestContext.Current.CancellationToken);
        var bytes = new byte[words.Length];
        words.Read(0, bytes);
        Assert.False(MemoryMarshal.Cast<byte, int>(bytes).ContainsAnyExcept(80));
    }

    [Fact]
    public void A_thousand_regions_are_live_at_once()
    {
        var device = CudaFixture.Device;
        var before = device.FreeMemoryBytes;
        var start = Stopwatch.GetTimestamp();
        List<(Region Region, LoadedModule Module, nint Memory)> live = [];
        try
        {
            for (var i = 0; i < 1_000; i++)
            {
                var region = device.CreateRegion(new GpuTenant($"tenant {i}"));
                var memory = CudaSandbox.Place(region, Page);
                *(uint*)memory = (uint)i;
                live.Add((region, region.Load(TestKernels.Increment), (nint)memory));
            }
            var each = Stopwatch.GetElapsedTime(start).TotalMilliseconds / 1_000;
            var bytes = (before - device.FreeMemoryBytes) / 1_000;
            TestContext.Current.TestOutputHelper!.WriteLine($"a region: {each:0.00} ms, {bytes >> 10} KiB of the device");
            foreach (var (region, module, memory) in live)
            {
                Launch(region, module.Kernels[0], new(1), (ulong)memory, 1u);
            }
            for (var i = 0; i < live.Count; i++)
            {
                live[i].Region.DefaultStream.Wait(TestContext.Current.CancellationToken);
                Assert.Equal((uint)i + 1, *(uint*)live[i].Memory);
            }
        }
        finally
        {
            live.ForEach(static entry => entry.Region.Dispose());
        }
    }

    private static void Launch(Region region, LoadedKernel kernel, Dim3 grid, ulong first, uint second) =>
        CudaSandbox.Launch(region.DefaultStream, kernel, grid, first, second);
}
