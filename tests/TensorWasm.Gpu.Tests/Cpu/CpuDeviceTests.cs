using System.Runtime.InteropServices;
using TensorWasm.Host;
using TensorWasm.Ptx.Fencing;

namespace TensorWasm.Gpu.Tests.Cpu;

/// <summary>The CPU device through the common interface: buffers, streams, events, graphs, stops.</summary>
public sealed class CpuDeviceTests : IDisposable
{
    private static readonly byte[] Ptx = """
        .version 8.0
        .target sm_80
        .address_size 64
        .visible .entry twice(.param .u64 data, .param .u32 count) {
        .reg .pred %p<2>; .reg .b32 %r<8>; .reg .b64 %rd<4>;
        mov.u32 %r0, %ctaid.x; mov.u32 %r1, %ntid.x; mov.u32 %r2, %tid.x; mad.lo.s32 %r3, %r0, %r1, %r2;
        ld.param.u32 %r4, [count]; setp.ge.u32 %p0, %r3, %r4; @%p0 ret;
        ld.param.u64 %rd0, [data]; mul.wide.u32 %rd1, %r3, 4; add.s64 %rd0, %rd0, %rd1;
        ld.global.u32 %r5, [%rd0]; shl.b32 %r5, %r5, 1; st.global.u32 [%rd0], %r5; ret; }
        .visible .entry forever() {
        .reg .b32 %r<2>;
        loop: add.s32 %r0, %r0, 1; bra loop; }
        """u8.ToArray();

    private readonly CpuDevice _device;
    private readonly Region _region;

    public CpuDeviceTests()
    {
        Assert.SkipUnless(
            EngineAddressSpace.Instance.TurnsFaultsIntoExceptions, "guard pages do not work on this system");
        _device = CpuDevice.Open(new GpuDeviceOptions { AddressSpace = EngineAddressSpace.Instance, CpuThreads = 2 });
        _region = _device.CreateRegion(new GpuTenant("test"));
    }

    public void Dispose()
    {
        _region?.Dispose();
        _device?.Dispose();
    }

    [Fact]
    public void LaunchesOfAStreamRunInOrder()
    {
        using LoadedModule module = _region.Load(Ptx);
        using DeviceBuffer buffer = Fill(1000);
        LoadedKernel kernel = module.FindKernel("twice")!;
        for (int i = 0; i < 5; i++)
        {
            _region.DefaultStream.Launch(kernel, new LaunchShape(new(4), new(256)), Parameters(buffer, 1000));
        }

        _region.DefaultStream.Wait();
        Assert.All(Read(buffer, 1000), (value, i) => Assert.Equal(i * 32, value));
    }

    [Fact]
    public void GraphsReplayAndEventsOrderStreams()
    {
        using LoadedModule module = _region.Load(Ptx);
        using DeviceBuffer buffer = Fill(100);
        LoadedKernel kernel = module.FindKernel("twice")!;
        using GpuStream first = _region.CreateStream();
        using GpuStream second = _region.CreateStream();
        first.BeginRecording();
        first.Launch(kernel, new LaunchShape(new(1), new(128)), Parameters(buffer, 100));
        first.Launch(kernel, new LaunchShape(new(1), new(128)), Parameters(buffer, 100));
        using GpuGraph graph = first.EndRecording();
        using GpuEvent start = _region.CreateEvent();
        using GpuEvent end = _region.CreateEvent();
        first.Record(start);
        first.Launch(graph);
        first.Launch(graph);
        first.Record(end);
        second.WaitFor(end);
        second.Launch(kernel, new LaunchShape(new(1), new(128)), Parameters(buffer, 100));
        second.Wait();
        Assert.True(end.IsComplete);
        Assert.True(end.Since(start) > TimeSpan.Zero);
        Assert.All(Read(buffer, 100), (value, i) => Assert.Equal(i * 32, value));
    }

    [Fact]
    public void AnEndlessKernelIsStoppedAndItsNeighbourIsNot()
    {
        using LoadedModule module = _region.Load(Ptx);
        using DeviceBuffer buffer = Fill(100);
        using Region other = _device.CreateRegion(new GpuTenant("endless"));
        using LoadedModule endless = other.Load(Ptx);
        other.DefaultStream.Launch(
            endless.FindKernel("forever")!, new LaunchShape(new(16), new(64)), [], TimeSpan.FromMilliseconds(200));
        _region.DefaultStream.Launch(
            module.FindKernel("twice")!, new LaunchShape(new(1), new(128)), Parameters(buffer, 100));
        _region.DefaultStream.Wait();
        Assert.All(Read(buffer, 100), (value, i) => Assert.Equal(i * 2, value));
        GpuException stop = Assert.Throws<GpuException>(() => other.DefaultStream.Wait());
        Assert.Equal(GpuErrorCode.DeadlineExceeded, stop.Code);
        Assert.True(stop.Stop!.Line > 0);
    }

    /// <summary>Pages of a slot that belong to nothing have no access: a kernel that goes there is stopped.</summary>
    [Fact]
    public void HolesStopTheKernel()
    {
        using LoadedModule module = _region.Load(Ptx);
        byte[] parameters = new byte[12];
        BitConverter.TryWriteBytes(parameters, _region.Layout.HeapBase + (1UL << 30));
        parameters[8] = 100;
        _region.DefaultStream.Launch(module.FindKernel("twice")!, new LaunchShape(new(1), new(128)), parameters);
        GpuException stop = Assert.Throws<GpuException>(() => _region.DefaultStream.Wait());
        Assert.Equal(GpuErrorCode.OutOfBounds, stop.Code);
    }

    [Fact]
    public void CheckModeSaysWhere()
    {
        using LoadedModule module = _region.Load(Ptx, FenceMode.Check);
        byte[] parameters = new byte[12];
        BitConverter.TryWriteBytes(parameters, 0x1234_5678_9ABCUL);
        parameters[8] = 100;
        _region.DefaultStream.Launch(module.FindKernel("twice")!, new LaunchShape(new(1), new(128)), parameters);
        GpuException stop = Assert.Throws<GpuException>(() => _region.DefaultStream.Wait());
        Assert.Equal(GpuErrorCode.OutOfBounds, stop.Code);
        Assert.Equal("twice", stop.Stop!.Kernel);
        Assert.Equal(4, stop.Stop.AccessBytes);
    }

    private DeviceBuffer Fill(int count)
    {
        DeviceBuffer buffer = _region.Allocate((ulong)count * 4);
        int[] values = [.. Enumerable.Range(0, count)];
        buffer.Write(0, MemoryMarshal.AsBytes(values.AsSpan()));
        return buffer;
    }

    private static int[] Read(DeviceBuffer buffer, int count)
    {
        int[] values = new int[count];
        buffer.Read(0, MemoryMarshal.AsBytes(values.AsSpan()));
        return values;
    }

    private static byte[] Parameters(DeviceBuffer buffer, uint count)
    {
        byte[] block = new byte[12];
        BitConverter.TryWriteBytes(block, buffer.Address);
        BitConverter.TryWriteBytes(block.AsSpan(8), count);
        return block;
    }
}
