using TensorWasm.Gpu.Cpu.Execution;

namespace TensorWasm.Gpu.Cpu.Compilation;

/// <summary>Offsets of <see cref="WarpContext"/>'s fields.</summary>
internal static unsafe class ContextField
{
    private static readonly Dictionary<string, int> Offsets = Measure();

    internal static int OffsetOf(string name) => Offsets[name];

    private static Dictionary<string, int> Measure()
    {
        WarpContext context;
        byte* start = (byte*)&context;
        return new Dictionary<string, int>(StringComparer.Ordinal)
        {
            [nameof(WarpContext.Parameters)] = (int)((byte*)&context.Parameters - start),
            [nameof(WarpContext.Shared)] = (int)((byte*)&context.Shared - start),
            [nameof(WarpContext.Local)] = (int)((byte*)&context.Local - start),
            [nameof(WarpContext.Constants)] = (int)((byte*)&context.Constants - start),
            [nameof(WarpContext.Frame)] = (int)((byte*)&context.Frame - start),
            [nameof(WarpContext.Scratch)] = (int)((byte*)&context.Scratch - start),
            [nameof(WarpContext.Threads)] = (int)((byte*)&context.Threads - start),
            [nameof(WarpContext.Mask)] = (int)((byte*)&context.Mask - start),
            [nameof(WarpContext.ThreadX)] = (int)((byte*)&context.ThreadX - start),
            [nameof(WarpContext.ThreadY)] = (int)((byte*)&context.ThreadY - start),
            [nameof(WarpContext.ThreadZ)] = (int)((byte*)&context.ThreadZ - start),
            [nameof(WarpContext.Lane)] = (int)((byte*)&context.Lane - start),
            [nameof(WarpContext.Warp)] = (int)((byte*)&context.Warp - start),
            [nameof(WarpContext.Warps)] = (int)((byte*)&context.Warps - start),
            [nameof(WarpContext.ThreadsX)] = (int)((byte*)&context.ThreadsX - start),
            [nameof(WarpContext.ThreadsY)] = (int)((byte*)&context.ThreadsY - start),
            [nameof(WarpContext.ThreadsZ)] = (int)((byte*)&context.ThreadsZ - start),
            [nameof(WarpContext.BlockX)] = (int)((byte*)&context.BlockX - start),
            [nameof(WarpContext.BlockY)] = (int)((byte*)&context.BlockY - start),
            [nameof(WarpContext.BlockZ)] = (int)((byte*)&context.BlockZ - start),
            [nameof(WarpContext.BlocksX)] = (int)((byte*)&context.BlocksX - start),
            [nameof(WarpContext.BlocksY)] = (int)((byte*)&context.BlocksY - start),
            [nameof(WarpContext.BlocksZ)] = (int)((byte*)&context.BlocksZ - start),
            [nameof(WarpContext.DynamicShared)] = (int)((byte*)&context.DynamicShared - start),
            [nameof(WarpContext.TotalShared)] = (int)((byte*)&context.TotalShared - start),
            [nameof(WarpContext.Worker)] = (int)((byte*)&context.Worker - start),
            [nameof(WarpContext.Workers)] = (int)((byte*)&context.Workers - start),
            [nameof(WarpContext.Grid)] = (int)((byte*)&context.Grid - start),
            [nameof(WarpContext.LocalStride)] = (int)((byte*)&context.LocalStride - start),
            [nameof(WarpContext.Votes)] = (int)((byte*)&context.Votes - start),
            [nameof(WarpContext.Voters)] = (int)((byte*)&context.Voters - start),
            [nameof(WarpContext.BarrierVotes)] = (int)((byte*)&context.BarrierVotes - start),
            [nameof(WarpContext.BarrierVoters)] = (int)((byte*)&context.BarrierVoters - start),
            [nameof(WarpContext.IsCancelled)] = (int)((byte*)&context.IsCancelled - start),
            [nameof(WarpContext.Turns)] = (int)((byte*)&context.Turns - start),
        };
    }
}
