using System.Numerics;
using System.Runtime.CompilerServices;
using TensorWasm.Ptx.Fencing;
using static TensorWasm.Gpu.Interop;

namespace TensorWasm.Gpu;

/// <summary>
/// Status blocks (<see cref="FenceStatus"/>) in device memory, each with a doorbell in host memory that its kernel sets
/// when a thread was stopped: whether anything happened is then a read of host memory, and only where something did is
/// the block copied. They are rented in runs and never freed before the device is closed, because freeing device memory
/// waits for all kernels that run.
/// </summary>
internal sealed unsafe class StatusBlocks
{
    private const int LeastRun = 64;
    private const int ChunkBlocks = 16_384;

    private readonly Lock _lock = new();
    private readonly Dictionary<int, Stack<Run>> _free = [];
    private readonly List<(ulong Blocks, nint Bells)> _chunks = [];
    private Run _rest;

    /// <summary>A run of clean blocks, at least as many as asked for.</summary>
    internal Run Rent(int count)
    {
        count = (int)BitOperations.RoundUpToPowerOf2((uint)Math.Max(count, LeastRun));
        lock (_lock)
        {
            if (_free.TryGetValue(count, out var runs) && runs.TryPop(out var run))
            {
                return run;
            }
            if (_rest.Count < count)
            {
                _rest = Allocate(Math.Max(count, ChunkBlocks));
            }
            run = _rest with { Count = count };
            _rest = new Run(
                _rest.Blocks + ((ulong)count * FenceStatus.Size), _rest.Bells + (count * sizeof(uint)), _rest.Count - count);
            return run;
        }
    }

    /// <summary>Takes a run back; its blocks are clean and no kernel uses them.</summary>
    internal void Return(Run run)
    {
        lock (_lock)
        {
            if (!_free.TryGetValue(run.Count, out var runs))
            {
                _free.Add(run.Count, runs = []);
            }
            runs.Push(run);
        }
    }

    /// <summary>Frees all; nothing may run any more.</summary>
    internal void Clear()
    {
        foreach (var (blocks, bells) in _chunks)
        {
            _ = Cuda.cuMemFree_v2(blocks);
            _ = Cuda.cuMemFreeHost((void*)bells);
        }
        _chunks.Clear();
        _free.Clear();
        _rest = default;
    }

    private Run Allocate(int count)
    {
        ulong blocks;
        Cuda.cuMemAlloc_v2(&blocks, (nuint)count * FenceStatus.Size).Check("memory for status blocks");
        void* bells = null;
        var result = Cuda.cuMemHostAlloc(
            &bells, (nuint)count * sizeof(uint), Cuda.CU_MEMHOSTALLOC_PORTABLE | Cuda.CU_MEMHOSTALLOC_DEVICEMAP);
        if (result != CudaResult.CUDA_SUCCESS)
        {
            _ = Cuda.cuMemFree_v2(blocks);
            throw result.ToException("host memory for status blocks");
        }
        _chunks.Add((blocks, (nint)bells));
        new Span<uint>(bells, count).Clear();

        var image = new byte[count * FenceStatus.Size];
        for (var i = 0; i < count; i++)
        {
            var bell = (ulong)bells + ((ulong)i * sizeof(uint));
            Unsafe.WriteUnaligned(ref image[(i * FenceStatus.Size) + FenceStatus.DoorbellOffset], bell);
        }
        fixed (byte* source = image)
        {
            Cuda.cuMemcpyHtoD_v2(blocks, source, (nuint)image.Length).Check("clearing status blocks");
        }
        return new Run(blocks, (nint)bells, count);
    }

    /// <summary>Blocks that lie one after another.</summary>
    /// <param name="Blocks">The device address of the first.</param>
    /// <param name="Bells">The address of the first one's doorbell.</param>
    /// <param name="Count">How many there are.</param>
    internal readonly record struct Run(ulong Blocks, nint Bells, int Count)
    {
        internal ulong Address(int index) => Blocks + ((ulong)index * FenceStatus.Size);

        internal Span<uint> Doorbells(int count) => new((void*)Bells, count);

        /// <summary>Reads a block whose kernel has ended and cleans it, before what comes later in the stream.</summary>
        /// <param name="device">The device.</param>
        /// <param name="index">Which block.</param>
        /// <param name="kernel">The kernel's name.</param>
        /// <param name="stream">A stream to copy in.</param>
        internal GpuStop? Take(CudaDevice device, int index, string kernel, nint stream)
        {
            var block = stackalloc byte[FenceStatus.Size];
            CudaResult result;
            if ((result = Cuda.cuMemcpyDtoHAsync_v2(block, Address(index), FenceStatus.Size, stream)) != 0
                || (result = Cuda.cuMemsetD8Async(Address(index), 0, FenceStatus.DoorbellOffset, stream)) != 0
                || (result = CudaWait.ForStream(device, stream)) != 0)
            {
                device.Watch(result);
                return null; // the context is lost, and everybody is told so
            }
            Doorbells(Count)[index] = 0;
            return GpuStop.Read(new ReadOnlySpan<byte>(block, FenceStatus.Size), kernel);
        }
    }
}
