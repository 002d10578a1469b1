using System.Buffers.Binary;
using System.Numerics;
using TensorWasm.Gpu.Cpu.Operations;
using TensorWasm.Ptx.Fencing;

namespace TensorWasm.Gpu.Cpu.Execution;

/// <summary>
/// How loops learn that their time is up. Every way back in the code's order counts a warp's turns down, so that each
/// cycle does; now and then the clock is read.
/// </summary>
internal static unsafe class DeadlinePoll
{
    /// <summary>Turns between two looks at the clock.</summary>
    internal const int Interval = 1024;

    /// <summary>Looks at the clock.</summary>
    /// <param name="warp">The warp.</param>
    /// <param name="active">Its threads that run.</param>
    /// <param name="line">The line of the branch.</param>
    /// <param name="column">Its column.</param>
    /// <returns>Whether the warp must end; the status block says why then.</returns>
    internal static bool IsLate(WarpContext* warp, uint active, int line, int column)
    {
        warp->Turns = Interval;
        if (Clock.Nanoseconds(warp) < warp->Deadline)
        {
            return false;
        }

        if (warp->Status != null
            && Interlocked.CompareExchange(ref *(uint*)warp->Status, FenceStatus.DeadlineExceeded, 0) == 0)
        {
            Report(warp, active, line, column);
        }

        return true;
    }

    private static void Report(WarpContext* warp, uint active, int line, int column)
    {
        var status = new Span<byte>(warp->Status, FenceStatus.Size);
        uint thread = (warp->Warp * 32) + warp->Lane + (uint)BitOperations.TrailingZeroCount(active);
        uint row = thread / warp->ThreadsX;
        BinaryPrimitives.WriteInt32LittleEndian(status[FenceStatus.LineOffset..], line);
        BinaryPrimitives.WriteInt32LittleEndian(status[FenceStatus.ColumnOffset..], column);
        Write(status[FenceStatus.BlockOffset..], warp->BlockX, warp->BlockY, warp->BlockZ);
        Write(status[FenceStatus.ThreadOffset..], thread % warp->ThreadsX, row % warp->ThreadsY, row / warp->ThreadsY);
    }

    private static void Write(Span<byte> at, uint x, uint y, uint z)
    {
        BinaryPrimitives.WriteUInt32LittleEndian(at, x);
        BinaryPrimitives.WriteUInt32LittleEndian(at[4..], y);
        BinaryPrimitives.WriteUInt32LittleEndian(at[8..], z);
    }
}
