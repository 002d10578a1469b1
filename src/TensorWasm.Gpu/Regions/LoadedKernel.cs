namespace TensorWasm.Gpu;

/// <summary>An entry point that a region's streams can launch.</summary>
public sealed class LoadedKernel
{
    internal LoadedKernel(LoadedModule module, GpuKernel kernel, KernelMeter? meter)
    {
        Module = module;
        Kernel = kernel;
        Meter = meter;
        Sampler = meter?.Sampler ?? new LaunchSampler(KernelMeter.LongNanoseconds);
    }

    /// <summary>The module it belongs to.</summary>
    public LoadedModule Module { get; }

    /// <summary>Its code, signature and name.</summary>
    public GpuKernel Kernel { get; }

    internal KernelMeter? Meter { get; }

    /// <summary>The tenant's; its own where the tenant has too many kernels to count them one by one.</summary>
    internal LaunchSampler Sampler { get; }
}
