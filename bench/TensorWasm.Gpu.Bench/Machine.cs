using TensorWasm.Host;

namespace TensorWasm.Gpu.Bench;

/// <summary>A device with a region to run samples in.</summary>
internal sealed class Machine : IDisposable
{
    private readonly string _folder;
    private readonly Region _region;

    public Machine(string folder)
    {
        _folder = folder;
        Device = CpuDevice.Open(new GpuDeviceOptions { AddressSpace = EngineAddressSpace.Instance });
        _region = Device.CreateRegion(new GpuTenant("bench"));
    }

    public GpuDevice Device { get; }

    public Work Load(Sample sample)
    {
        byte[] ptx = File.ReadAllBytes(Path.Combine(_folder, sample.Folder, "kernel.ptx"));
        return new Work(_region, sample, _region.Load(ptx));
    }

    public void Dispose()
    {
        _region.Dispose();
        Device.Dispose();
    }
}
