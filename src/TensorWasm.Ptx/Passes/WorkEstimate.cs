using TensorWasm.Ptx.Ir;
using TensorWasm.Ptx.Isa;

namespace TensorWasm.Ptx.Passes;

/// <summary>
/// How long code may take, in units of a simple instruction, when a hostile author arranges it: the deadline's polls
/// are spaced by it. Atomics to one address of global memory are done one by one for the whole device (270,000 threads:
/// a quarter of a millisecond on an H200), those to shared memory for the block.
/// </summary>
internal static class WorkEstimate
{
    /// <summary>Units that count as one iteration against the poll interval.</summary>
    public const long Iteration = 256;

    /// <summary>Most units of straight code between two looks at the deadline.</summary>
    public const long MostBetweenLooks = 1 << 16;

    public static long Of(Block block)
    {
        long sum = 0;
        foreach (Instruction instruction in block.Code)
        {
            sum += Of(instruction);
        }

        return sum;
    }

    public static long Of(Instruction instruction) => instruction.Opcode.Effect switch
    {
        Effect.Atomic or Effect.Reduction => instruction.Opcode.Space == StateSpace.Shared ? 1 << 10 : 1 << 13,
        Effect.Load or Effect.Store or Effect.Copy or Effect.MatrixLoad or Effect.MatrixStore => 4,
        Effect.Sync or Effect.Barrier => 16,
        Effect.Wgmma or Effect.WgmmaSync => 64,
        _ => 1,
    };

    /// <summary>How many iterations of the poll interval a round of so many units counts for.</summary>
    public static int Weight(long units, int interval) => (int)Math.Clamp(units / Iteration, 1, interval);
}
