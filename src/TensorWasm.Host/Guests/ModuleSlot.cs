using TensorWasm.Gpu;

namespace TensorWasm.Host;

/// <summary>A module that a guest has loaded, and the handles of its kernels.</summary>
/// <param name="module">The module.</param>
/// <param name="ptxBytes">Bytes of its PTX.</param>
internal sealed class ModuleSlot(LoadedModule module, int ptxBytes)
{
    internal LoadedModule Module { get; } = module;

    internal int PtxBytes { get; } = ptxBytes;

    /// <summary>Its handle.</summary>
    internal int Handle { get; set; }

    internal Dictionary<LoadedKernel, int> Kernels { get; } = [];
}
