using TensorWasm.Ptx.Analyses;
using TensorWasm.Ptx.Ir;
using TensorWasm.Ptx.Isa;

namespace TensorWasm.Gpu.Cpu.Compilation;

/// <summary>A kernel's blocks in execution order, with what does not depend on how it is launched.</summary>
internal sealed class KernelGraph
{
    internal KernelGraph(Kernel kernel)
    {
        Kernel = kernel;
        Require(kernel.Blocks.Count <= CpuLimits.Blocks, $"it has more than {CpuLimits.Blocks} blocks");
        Require(
            kernel.Blocks.Sum(block => block.Instructions.Count) <= CpuLimits.Instructions,
            $"it has more than {CpuLimits.Instructions} instructions");
        Require(
            (long)kernel.Blocks.Count * kernel.Registers.Count <= CpuLimits.LivenessBits,
            "it has too many registers for its number of blocks");

        ControlFlowGraph graph = ControlFlowGraph.Of(kernel);
        int[] order = BlockOrder.Of(graph);
        var places = new Dictionary<Block, int>(order.Length);
        var byLabel = new Dictionary<Label, int>(order.Length);
        int place = 0;
        foreach (int index in order)
        {
            Block block = graph.Blocks[index];
            places.Add(block, place);
            byLabel.Add(block.Label, place);
            place += BlockNode.CountOf(block);
        }

        Nodes = [.. places.SelectMany(entry => BlockNode.Of(entry.Key, entry.Value, byLabel, places))];
        Liveness = new Liveness(this);
        IEnumerable<Instruction> code = Nodes.SelectMany(node => node.Code);
        MeetsWarp = code.Any(i => i.Opcode.Effect is Effect.Warp or Effect.MatrixLoad or Effect.MatrixStore);
        HasBarriers = code.Any(i => i.Opcode.Effect == Effect.Barrier);
        if (code.FirstOrDefault(i => i.Opcode.Effect is Effect.Wgmma or Effect.WgmmaSync) is { } matrix)
        {
            throw new CpuKernelException(
                $"line {matrix.Position.Line}: {matrix.Opcode.Text} is for NVIDIA GPUs only; mma.sync runs on both");
        }
    }

    internal Kernel Kernel { get; }

    internal BlockNode[] Nodes { get; }

    internal Liveness Liveness { get; }

    /// <summary>Whether threads exchange values within their warp, so that all 32 must run together.</summary>
    internal bool MeetsWarp { get; }

    /// <summary>Whether warps may have to wait for each other.</summary>
    internal bool HasBarriers { get; }

    private static void Require(bool condition, string reason)
    {
        if (!condition)
        {
            throw new CpuKernelException($"the kernel is too large for the CPU device: {reason}");
        }
    }
}
