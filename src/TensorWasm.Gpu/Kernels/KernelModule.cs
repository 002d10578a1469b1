using TensorWasm.Ptx.Fencing;

namespace TensorWasm.Gpu;

/// <summary>
/// A verified, fenced and compiled PTX module. One serves all tenants of a device: the region's address is a parameter
/// of its kernels, and its global variables live in each region (<see cref="LoadedModule"/>).
/// </summary>
public sealed class KernelModule
{
    private int _users;

    internal KernelModule(
        string hash, int ptxBytes, FenceMode mode, int regionBits, FencedModule fenced, DeviceCode code)
    {
        Hash = hash;
        Mode = mode;
        RegionBits = regionBits;
        Fenced = fenced;
        Code = code;
        Bytes = ptxBytes + code.Bytes;
        Kernels = [.. fenced.Kernels.Select((kernel, i) => new GpuKernel(this, i, kernel, code.GetResources(i)))];
    }

    /// <summary>SHA-256 of the author's PTX, in lower-case hexadecimal digits.</summary>
    public string Hash { get; }

    /// <summary>What happens to an access that would leave the region.</summary>
    public FenceMode Mode { get; }

    /// <summary>Logarithm of the size of the regions it can run in.</summary>
    public int RegionBits { get; }

    /// <summary>The kernels, in the order of the text.</summary>
    public IReadOnlyList<GpuKernel> Kernels { get; }

    /// <summary>Bytes of PTX and code: what a tenant that loads it is charged.</summary>
    public long Bytes { get; }

    /// <summary>The fenced kernels with notes on what was inserted.</summary>
    public FencedModule Fenced { get; }

    /// <summary>What the device executes.</summary>
    public DeviceCode Code { get; }

    /// <summary>Uses by regions and by calls that load it. Guarded by the cache's lock.</summary>
    internal ref int Users => ref _users;

    /// <summary>Finds a kernel.</summary>
    /// <param name="name">Its entry point's name.</param>
    /// <returns>The kernel, or null.</returns>
    public GpuKernel? FindKernel(string name)
    {
        foreach (var kernel in Kernels)
        {
            if (kernel.Name == name)
            {
                return kernel;
            }
        }
        return null;
    }
}
