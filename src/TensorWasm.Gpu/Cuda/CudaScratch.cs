namespace TensorWasm.Gpu;

/// <summary>
/// The memory behind every address of a slot where nothing lies, so that no address of a slot can fault: a few pieces
/// of device memory, each mapped many times. What a kernel writes out of bounds ends here; all regions of a device see
/// it, so it is no place for anything that matters, and never was.
/// <para>
/// A piece can only be mapped whole (driver 580: mapping a part is CUDA_ERROR_NOT_SUPPORTED), so there is a ladder of
/// sizes: an address range is covered by the largest pieces that are aligned to their own size in the slot.
/// </para>
/// </summary>
internal sealed class CudaScratch : IDisposable
{
    private readonly CudaMemory[] _pieces;

    private CudaScratch(CudaMemory[] pieces) => _pieces = pieces;

    /// <summary>Allocates the ladder: 2 MiB, 64 MiB and, on devices with 16 GiB or more, 512 MiB.</summary>
    internal static CudaScratch Create(CudaContext context, ulong deviceBytes)
    {
        ulong[] sizes = deviceBytes >= 16UL << 30 ? [512UL << 20, 64UL << 20, 2UL << 20] : [64UL << 20, 2UL << 20];
        var location = new CudaMemoryLocation
        {
            Type = CudaMemoryLocation.CU_MEM_LOCATION_TYPE_DEVICE,
            Id = context.Device,
        };
        var pieces = new CudaMemory[sizes.Length];
        for (var i = 0; i < sizes.Length; i++)
        {
            CudaMemory.TryCreate(location, sizes[i], out var piece).Check("scratch memory");
            pieces[i] = piece!;
        }
        return new CudaScratch(pieces);
    }

    /// <summary>The largest piece that covers the start of a range of a slot.</summary>
    internal CudaMemory PieceFor(ulong offset, ulong end)
    {
        foreach (var piece in _pieces)
        {
            if (offset % piece.Bytes == 0 && end - offset >= piece.Bytes)
            {
                return piece;
            }
        }
        throw new ArgumentException("the range is not made of whole granules");
    }

    internal bool Owns(CudaMemory memory) => Array.IndexOf(_pieces, memory) >= 0;

    public void Dispose()
    {
        foreach (var piece in _pieces)
        {
            piece.Dispose();
        }
    }
}
