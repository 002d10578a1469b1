using TensorWasm.Ptx.Analyses;
using TensorWasm.Ptx.Ir;
using TensorWasm.Ptx.Isa;

namespace TensorWasm.Ptx.Fencing;

/// <summary>A kernel that is safe to run beside other tenants' kernels.</summary>
/// <param name="Kernel">Its code; <see cref="Kernel.Signature"/> lists the author's parameters only.</param>
/// <param name="HiddenParameters">What the launcher appends to the author's parameters, 8 bytes each, 8-aligned.</param>
/// <param name="Notes">What was done and why, in the order of the text.</param>
public sealed record FencedKernel(
    Kernel Kernel, IReadOnlyList<HiddenParameter> HiddenParameters, IReadOnlyList<FenceNote> Notes)
{
    /// <summary>The entry point's name.</summary>
    public string Name => Kernel.Name;

    /// <summary>
    /// Whether some innermost loop loads from global memory and no thread waits for another in it. Such a loop is unrolled, and
    /// the more registers it has, the more of its loads are under way.
    /// </summary>
    public bool HasStreamingLoop
    {
        get
        {
            ControlFlowGraph graph = ControlFlowGraph.Of(Kernel);
            return LoopForest.Of(graph, Dominators.Of(graph)).Loops.Any(loop => loop.IsInnermost
                && Any(loop, i => i.Opcode is { Effect: Effect.Load, Space: StateSpace.Global or StateSpace.Generic })
                && !Any(loop, Convergence.Waits));
            bool Any(Loop loop, Func<Instruction, bool> condition) =>
                loop.Blocks.Any(block => graph.Blocks[block].Instructions.Any(condition));
        }
    }

    /// <summary>Bytes of shared memory that the kernel declares.</summary>
    public long StaticSharedBytes =>
        Kernel.Variables.Where(v => v.Space == StateSpace.Shared && !v.IsDynamic).Sum(v => v.Size);

    /// <summary>True when launches choose the size of dynamic shared memory.</summary>
    public bool UsesDynamicShared => Kernel.Variables.Any(v => v.IsDynamic);

    /// <summary>
    /// The size of dynamic shared memory to launch with, in bytes. Fences move addresses into it, so a kernel that uses it
    /// must be given at least the widest access, whatever a launch asks for.
    /// </summary>
    /// <param name="bytes">What the launch asks for; not negative.</param>
    /// <returns>That, rounded up to what the fence needs.</returns>
    public long RoundDynamicShared(long bytes) =>
        UsesDynamicShared ? Math.Max((bytes + 15) / 16 * 16, 16) : bytes;

    /// <summary>Bytes of local memory a thread declares.</summary>
    public long LocalBytes => Kernel.Variables.Where(v => v.Space == StateSpace.Local).Sum(v => v.Size);
}
