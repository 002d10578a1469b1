namespace TensorWasm.Gpu;

/// <summary>An entry point that a region's streams can launch.</summary>
public sealed class LoadedKernel
{
    internal LoadedKernel(LoadedModule module, GpuKernel kernel, KernelMeter? meter)
    {
        Module = module;
        Kernel = kernel;
        Meter = meter;
    }

    /// <summary>The module it belongs to.</summary>
    public LoadedModule Module { get; }

    /// <summary>Its code, signature and name.</summary>
    public GpuKernel Kernel { get; }

    internal KernelMeter? Meter { get; }
}
