namespace TensorWasm.Gpu;

/// <summary>A module in a region: the shared code, and this region's own copy of its global variables.</summary>
public sealed class LoadedModule : IDisposable
{
    private readonly DeviceBuffer? _globals;
    private int _isUnloaded;

    internal LoadedModule(Region region, KernelModule module, DeviceBuffer? globals)
    {
        Region = region;
        Module = module;
        _globals = globals;
        Kernels = [.. module.Kernels.Select(kernel => new LoadedKernel(this, kernel, region.Tenant.GetMeter(kernel)))];
    }

    /// <summary>The region it was loaded in.</summary>
    public Region Region { get; }

    /// <summary>The code, which other regions may use, too.</summary>
    public KernelModule Module { get; }

    /// <summary>Its kernels, in the order of the text.</summary>
    public IReadOnlyList<LoadedKernel> Kernels { get; }

    /// <summary>The address of its global variables; the region's own when it has none.</summary>
    internal ulong GlobalsAddress => _globals?.Address ?? Region.Layout.Base;

    internal bool IsUnloaded => Volatile.Read(ref _isUnloaded) != 0;

    /// <summary>Finds a kernel.</summary>
    /// <param name="name">Its entry point's name.</param>
    /// <returns>The kernel, or null.</returns>
    public LoadedKernel? FindKernel(string name) => Kernels.FirstOrDefault(kernel => kernel.Kernel.Name == name);

    /// <summary>Unloads it when the region's work so far has ended.</summary>
    public void Dispose()
    {
        if (Interlocked.Exchange(ref _isUnloaded, 1) == 0)
        {
            Region.Unload(this, _globals);
        }
    }
}
