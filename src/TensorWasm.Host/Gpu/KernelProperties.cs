using TensorWasm.Gpu;

namespace TensorWasm.Host;

/// <summary>What <c>kernel-query</c> answers.</summary>
internal static class KernelProperties
{
    /// <summary>A property by its number (<c>kernel-property</c> in tensorwasm-gpu.wit).</summary>
    internal static long Get(GpuKernel kernel, uint property) => property switch
    {
        0 => kernel.Signature.Parameters.Count,
        1 => kernel.Signature.Size,
        2 => kernel.Resources.Registers,
        3 => kernel.Resources.SharedBytes,
        4 => kernel.Resources.LocalBytes,
        5 => kernel.Resources.MaxThreadsPerBlock,
        _ => throw new HostCallException(HostError.InvalidArguments, $"kernels have no property {property}"),
    };
}
