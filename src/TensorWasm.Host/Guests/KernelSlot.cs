using TensorWasm.Gpu;

namespace TensorWasm.Host;

/// <summary>A kernel that a guest may launch.</summary>
/// <param name="kernel">The kernel.</param>
/// <param name="module">The module that it goes with.</param>
internal sealed class KernelSlot(LoadedKernel kernel, ModuleSlot module)
{
    internal LoadedKernel Kernel { get; } = kernel;

    internal ModuleSlot Module { get; } = module;
}
