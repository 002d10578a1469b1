using System.Runtime.InteropServices;
using TensorWasm.Ptx.Fencing;

namespace TensorWasm.Gpu.Cpu.Execution;

/// <summary>A launch's status block, outside of any region.</summary>
internal sealed unsafe class StatusMemory : IDisposable
{
    private readonly byte* _start;

    internal StatusMemory()
    {
        _start = (byte*)NativeMemory.AlignedAlloc(FenceStatus.Size, FenceStatus.Size);
        NativeMemory.Clear(_start, FenceStatus.Size);
    }

    internal ulong Address => (ulong)_start;

    internal ReadOnlySpan<byte> Bytes => new(_start, FenceStatus.Size);

    internal CpuLaunch Launch(CpuKernel kernel, in LaunchShape shape, ReadOnlySpan<byte> parameters, ulong deadline) =>
        new(kernel, shape, parameters, (uint*)_start) { Deadline = deadline };

    public void Dispose() => NativeMemory.AlignedFree(_start);
}
