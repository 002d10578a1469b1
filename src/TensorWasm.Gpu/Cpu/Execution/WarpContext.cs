using System.Runtime.InteropServices;

namespace TensorWasm.Gpu.Cpu.Execution;

/// <summary>
/// What compiled code knows of the warp it runs, in native memory. A worker has one and changes it from warp to warp.
/// Compiled code reads fields by their offset.
/// </summary>
[StructLayout(LayoutKind.Sequential)]
internal unsafe struct WarpContext
{
    /// <summary>Bytes of <see cref="Scratch"/>: 64 slots of 32 lanes of 8 bytes.</summary>
    internal const int ScratchBytes = 64 * SlotBytes;

    /// <summary>Bytes of one value for each of 32 lanes.</summary>
    internal const int SlotBytes = 256;

    /// <summary>The parameter block.</summary>
    internal byte* Parameters;

    /// <summary>The block's shared memory.</summary>
    internal byte* Shared;

    /// <summary>Local memory of the warp's first thread.</summary>
    internal byte* Local;

    /// <summary>Constant memory.</summary>
    internal byte* Constants;

    /// <summary>Where the warp's registers wait while it does not run.</summary>
    internal byte* Frame;

    /// <summary>Room for values in passing.</summary>
    internal byte* Scratch;

    /// <summary>x, y and z of each thread, 32 numbers each, where threads do not stand in rows.</summary>
    internal uint* Threads;

    /// <summary>The threads that begin, or that go on: a bit each.</summary>
    internal uint Mask;

    /// <summary>%tid of the first thread.</summary>
    internal uint ThreadX;
    internal uint ThreadY;
    internal uint ThreadZ;

    /// <summary>%laneid of the first thread.</summary>
    internal uint Lane;

    /// <summary>%warpid.</summary>
    internal uint Warp;

    /// <summary>How many warps, of the width that was compiled for, the block has.</summary>
    internal int Warps;

    internal uint ThreadsX;
    internal uint ThreadsY;
    internal uint ThreadsZ;
    internal uint BlockX;
    internal uint BlockY;
    internal uint BlockZ;
    internal uint BlocksX;
    internal uint BlocksY;
    internal uint BlocksZ;

    /// <summary>%dynamic_smem_size.</summary>
    internal uint DynamicShared;

    /// <summary>%total_smem_size.</summary>
    internal uint TotalShared;

    /// <summary>%smid: the worker.</summary>
    internal uint Worker;

    /// <summary>%nsmid: the number of workers.</summary>
    internal uint Workers;

    /// <summary>%gridid.</summary>
    internal ulong Grid;

    /// <summary>Bytes of local memory a thread has.</summary>
    internal long LocalStride;

    /// <summary>What the threads that wait at the barrier voted: how many true, and how many at all.</summary>
    internal uint Votes;
    internal uint Voters;

    /// <summary>The last completed barrier's votes.</summary>
    internal uint BarrierVotes;
    internal uint BarrierVoters;

    /// <summary>Not 0 when the launch must end: then <c>%globaltimer</c> is past every deadline.</summary>
    internal int* IsCancelled;

    /// <summary>The launch's status block, or null.</summary>
    internal byte* Status;

    /// <summary>When the launch must have ended, by the clock of <c>%globaltimer</c>.</summary>
    internal ulong Deadline;

    /// <summary>Turns of loops until the deadline is looked at next.</summary>
    internal int Turns;
}
