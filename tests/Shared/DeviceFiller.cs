using TensorWasm.Gpu;

namespace TensorWasm.TestSupport;

/// <summary>Takes a GPU's memory, as another program on the same device would, and gives it back.</summary>
internal sealed unsafe class DeviceFiller(CudaDevice device) : IDisposable
{
    private readonly Stack<ulong> _taken = [];

    /// <summary>Takes memory in ever smaller pieces, down to 64 KiB, until only so much is left.</summary>
    /// <param name="rest">Bytes to leave; with 0, until the driver has no piece to give.</param>
    internal void Fill(ulong rest)
    {
        device.Context.Enter();
        for (var bytes = 4UL << 30; bytes >= 64 << 10; bytes /= 2)
        {
            ulong address;
            while ((rest == 0 || device.FreeMemoryBytes >= rest + bytes)
                && Interop.Cuda.cuMemAlloc_v2(&address, (nuint)bytes) == CudaResult.CUDA_SUCCESS)
            {
                _taken.Push(address);
            }
        }
    }

    /// <summary>Gives all of it back.</summary>
    public void Dispose()
    {
        device.Context.Enter();
        while (_taken.TryPop(out var address))
        {
            _ = Interop.Cuda.cuMemFree_v2(address);
        }
    }
}
