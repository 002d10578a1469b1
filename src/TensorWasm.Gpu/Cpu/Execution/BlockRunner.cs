using System.Runtime.InteropServices;
using TensorWasm.Gpu.Cpu.Compilation;

namespace TensorWasm.Gpu.Cpu.Execution;

/// <summary>
/// Runs blocks, one at a time, on the thread that calls it. It owns the memory that a block has while it runs: shared,
/// local, and the registers of warps that wait.
/// </summary>
internal sealed unsafe class BlockRunner : IDisposable
{
    private const int Alignment = 128;

    private readonly WarpContext* _warp;
    private readonly NativeBuffer _scratch = new(WarpContext.ScratchBytes + 64);
    private readonly NativeBuffer _threads = new(3 * 32 * sizeof(uint));
    private readonly NativeBuffer _shared = new();
    private readonly NativeBuffer _local = new();
    private readonly NativeBuffer _frames = new();
    private readonly NativeBuffer _constants = new();
    private readonly uint _number;
    private CpuLaunch? _launch;
    private KernelVariant _variant = null!;
    private int[] _states = [];
    private bool[] _isGeneral = [];
    private int _warps;
    private uint _threadCount;

    internal BlockRunner(int number = 0, int workers = 1)
    {
        _number = (uint)number;
        _warp = (WarpContext*)NativeMemory.AlignedAlloc((nuint)sizeof(WarpContext), Alignment);
        *_warp = default;
        _warp->Worker = _number;
        _warp->Workers = (uint)workers;
        _warp->Scratch = _scratch.Start;
        _warp->Threads = (uint*)_threads.Start;
    }

    /// <summary>Runs some blocks of a launch.</summary>
    /// <param name="launch">The launch.</param>
    /// <param name="first">The first block's number.</param>
    /// <param name="count">How many.</param>
    internal void Run(CpuLaunch launch, long first, long count)
    {
        try
        {
            Prepare(launch);
            Dim3 grid = launch.Shape.Grid;
            ulong plane = (ulong)grid.X * grid.Y;
            for (long i = first; i < first + count && !launch.IsStopped; i++)
            {
                ulong index = (ulong)i;
                _warp->BlockZ = (uint)(index / plane);
                ulong inPlane = index % plane;
                _warp->BlockY = (uint)(inPlane / grid.X);
                _warp->BlockX = (uint)(inPlane % grid.X);
                RunBlock();
            }
        }
        catch (Exception fault) when (fault is not OutOfMemoryException)
        {
            launch.Fault(fault);
            _launch = null;
        }
    }

    public void Dispose()
    {
        NativeMemory.AlignedFree(_warp);
        foreach (NativeBuffer buffer in new[] { _scratch, _threads, _shared, _local, _frames, _constants })
        {
            buffer.Dispose();
        }
    }

    private void Prepare(CpuLaunch launch)
    {
        if (_launch == launch && !_variant.IsOutdated)
        {
            return;
        }

        bool isNew = _launch != launch;
        CpuKernel kernel = launch.Kernel;
        MemoryLayout layout = kernel.Layout;
        Dim3 block = launch.Shape.Block;
        _variant = kernel.VariantFor(block);
        int width = _variant.Launch.Width;
        _threadCount = block.X * block.Y * block.Z;
        _warps = (int)((_threadCount + (uint)width - 1) / (uint)width);
        _warp->Warps = _warps;
        _warp->ThreadsX = block.X;
        _warp->ThreadsY = block.Y;
        _warp->ThreadsZ = block.Z;
        _warp->BlocksX = launch.Shape.Grid.X;
        _warp->BlocksY = launch.Shape.Grid.Y;
        _warp->BlocksZ = launch.Shape.Grid.Z;
        _warp->Grid = launch.Grid;
        _warp->Parameters = launch.Parameters;
        _warp->IsCancelled = launch.CancelledFlag;
        _warp->Status = launch.Status;
        _warp->Deadline = launch.Deadline;
        _warp->Turns = DeadlinePoll.Interval;
        _warp->DynamicShared = (uint)launch.Shape.DynamicSharedBytes;
        long shared = Math.Max(
            layout.SharedBytes,
            launch.Shape.DynamicSharedBytes > 0 || layout.DynamicStart > 0
                ? layout.DynamicStart + launch.Shape.DynamicSharedBytes
                : 0);
        _warp->TotalShared = (uint)shared;
        _warp->LocalStride = layout.LocalStride;
        if (isNew)
        {
            // What another tenant left behind must not be seen.
            _warp->Shared = _shared.Clear(shared + 64);
            _warp->Constants = _constants.Fill(layout.Constants);
            _local.Clear(((kernel.HasBarriers ? _threadCount : (uint)width) + 32) * layout.LocalStride);
        }

        _warp->Frame = _frames.Reserve((long)_variant.FrameBytes * (kernel.HasBarriers ? _warps : 1));
        if (_states.Length < _warps)
        {
            _states = new int[_warps];
            _isGeneral = new bool[_warps];
        }

        _launch = launch;
    }

    private void RunBlock()
    {
        if (!_launch!.Kernel.HasBarriers)
        {
            for (int warp = 0; warp < _warps && !_launch.IsStopped; warp++)
            {
                _isGeneral[warp] = false;
                Enter(warp, 0);
                RunWarp(warp, 0);
            }

            return;
        }

        Array.Clear(_states, 0, _warps);
        Array.Clear(_isGeneral, 0, _warps);
        _warp->Votes = _warp->Voters = 0;
        int left = _warps;
        while (left > 0 && !_launch.IsStopped)
        {
            for (int warp = 0; warp < _warps; warp++)
            {
                if (_states[warp] < 0)
                {
                    continue;
                }

                Enter(warp, warp);
                int state = RunWarp(warp, _states[warp]);
                _states[warp] = state == 0 ? -1 : state;
                left -= state == 0 ? 1 : 0;
            }

            // Each warp has ended or waits: the barrier opens.
            _warp->BarrierVotes = _warp->Votes;
            _warp->BarrierVoters = _warp->Voters;
            _warp->Votes = _warp->Voters = 0;
        }
    }

    /// <summary>Sets the context to a warp's threads.</summary>
    private void Enter(int warp, int place)
    {
        int width = _variant.Launch.Width;
        uint first = (uint)(warp * width);
        uint count = Math.Min(_threadCount - first, (uint)width);
        _warp->Mask = count == 32 ? uint.MaxValue : (1u << (int)count) - 1;
        _warp->Lane = first & 31;
        _warp->Warp = first >> 5;
        _warp->Local = _local.Start + (place * width * _warp->LocalStride);
        _warp->Frame = _frames.Start + ((long)place * _variant.FrameBytes);
        if (_variant.Launch.HasRows)
        {
            if (_warp->ThreadsY == 1 && _warp->ThreadsZ == 1)
            {
                _warp->ThreadX = first;
                _warp->ThreadY = _warp->ThreadZ = 0;
                return;
            }

            uint row = first / _warp->ThreadsX;
            _warp->ThreadX = first - (row * _warp->ThreadsX);
            _warp->ThreadZ = row / _warp->ThreadsY;
            _warp->ThreadY = row - (_warp->ThreadZ * _warp->ThreadsY);
            return;
        }

        for (uint lane = 0; lane < width; lane++)
        {
            uint row = (first + lane) / _warp->ThreadsX;
            _warp->Threads[lane] = (first + lane) % _warp->ThreadsX;
            _warp->Threads[32 + lane] = row % _warp->ThreadsY;
            _warp->Threads[64 + lane] = row / _warp->ThreadsY;
        }
    }

    /// <summary>Runs a warp until it ends, which is 0, or waits at a barrier, which is the state to go on in.</summary>
    private int RunWarp(int warp, int state)
    {
        CompiledCode code = _isGeneral[warp] ? _variant.General : _variant.Fast;
        int result = (state == 0 ? code.Start : code.BodyOf(state))(code.Constants, _warp, state);
        while ((result & 3) > Transfer.Barrier)
        {
            state = result >> 2;
            if ((result & 3) == Transfer.Generalize)
            {
                _variant.Fail(state);
                _isGeneral[warp] = true;
                code = _variant.General;
            }

            result = code.BodyOf(state)(code.Constants, _warp, state);
        }

        return result >> 2;
    }
}
