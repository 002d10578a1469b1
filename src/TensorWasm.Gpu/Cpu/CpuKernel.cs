using TensorWasm.Gpu.Cpu.Compilation;
using TensorWasm.Ptx.Fencing;
using TensorWasm.Ptx.Isa;

namespace TensorWasm.Gpu.Cpu;

/// <summary>
/// A fenced kernel on the processor. Code is made for each class of launches when one first comes, kept with the kernel
/// and collected with it.
/// </summary>
internal sealed class CpuKernel
{
    private readonly KernelGraph _graph;
    private readonly Dictionary<LaunchClass, KernelVariant> _variants = [];
    private readonly Lock _lock = new();
    private readonly int _pressure;

    private CpuKernel(FencedKernel fenced)
    {
        Fenced = fenced;
        Layout = new MemoryLayout(fenced.Kernel);
        _graph = new KernelGraph(fenced.Kernel);
        _pressure = Pressure();
    }

    /// <summary>The fenced code.</summary>
    internal FencedKernel Fenced { get; }

    internal MemoryLayout Layout { get; }

    /// <summary>Whether warps may have to wait for each other.</summary>
    internal bool HasBarriers => _graph.HasBarriers;

    /// <summary>Whether affine rules may be used at all; tests run kernels both ways.</summary>
    internal bool Speculates { get; init; } = true;

    /// <summary>The width to compile for, whatever suits; null for the best.</summary>
    internal int? Width { get; init; }

    /// <summary>Takes a kernel.</summary>
    /// <exception cref="CpuKernelException">The CPU device cannot run it.</exception>
    internal static CpuKernel Compile(FencedKernel kernel) => new(kernel);

    /// <summary>Takes a kernel for a test.</summary>
    internal static CpuKernel Compile(FencedKernel kernel, bool speculates, int? width) =>
        new(kernel) { Speculates = speculates, Width = width };

    /// <summary>The code for a block of a shape.</summary>
    internal KernelVariant VariantFor(Dim3 block)
    {
        LaunchClass launch = Classify(block);
        lock (_lock)
        {
            if (!_variants.TryGetValue(launch, out KernelVariant? variant) || variant.IsOutdated)
            {
                variant = new KernelVariant(_graph, launch, Layout, Speculates, variant);
                _variants[launch] = variant;
            }

            return variant;
        }
    }

    private LaunchClass Classify(Dim3 block)
    {
        bool isRow = block.Y == 1 && block.Z == 1;
        uint threads = block.X * block.Y * block.Z;
        int width = Width ?? (_graph.MeetsWarp ? 32 : Widest(block, isRow, threads));
        width = _graph.MeetsWarp ? 32 : width;
        return new LaunchClass(width, isRow || block.X % (uint)width == 0, threads % (uint)width == 0);
    }

    /// <summary>Wide enough to share scalar work, narrow enough for values to stay in registers and rows to be whole.</summary>
    private int Widest(Dim3 block, bool isRow, uint threads)
    {
        int width = _pressure <= 8 ? 32 : _pressure <= 24 ? 16 : 8;
        while (width > 8 && (isRow ? threads < width : block.X % (uint)width != 0))
        {
            width /= 2;
        }

        return width;
    }

    /// <summary>Most floats that are live at once at the start of a loop's block: what stays in registers there.</summary>
    private int Pressure()
    {
        int most = 0;
        foreach (BlockNode node in _graph.Nodes)
        {
            int floats = _graph.Liveness.At(node.Index).Items().Count(register =>
                register < _graph.Kernel.Registers.Count
                && _graph.Kernel.Registers[register].Type is { Class: TypeClass.Float, Bits: >= 32 });
            most = Math.Max(most, floats);
        }

        return most;
    }
}
