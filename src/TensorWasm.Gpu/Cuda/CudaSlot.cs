using static TensorWasm.Gpu.Interop;

namespace TensorWasm.Gpu;

/// <summary>
/// A slot of the address space that the engine and the driver share: reserved with the driver at the engine's address,
/// and mapped by the engine inside. It knows what is mapped where, and keeps every granule backed. Used by one thread at
/// a time.
/// </summary>
internal sealed unsafe class CudaSlot
{
    private readonly CudaDevice _device;
    private readonly SortedList<ulong, CudaMemory> _pieces = [];

    private CudaSlot(CudaDevice device, ulong address, int bits)
    {
        _device = device;
        Address = address;
        Bits = bits;
    }

    internal ulong Address { get; }

    internal int Bits { get; }

    internal ulong Size => 1UL << Bits;

    /// <summary>
    /// Whether every granule is backed. A slot for which that could not be achieved must not be reachable by kernels.
    /// </summary>
    internal bool IsWhole { get; private set; }

    /// <summary>Bytes of device page tables that mapping a slot takes: 16 bytes for each 2 MiB (measured).</summary>
    internal static long TableBytes(int bits) => (long)((1UL << bits) / RegionLayout.Granule * 16);

    /// <summary>Takes a slot from the engine and reserves it with the driver.</summary>
    /// <exception cref="GpuException"><see cref="GpuErrorCode.OutOfMemory"/> or
    /// <see cref="GpuErrorCode.NotAvailable"/>.</exception>
    internal static CudaSlot Reserve(CudaDevice device, int bits)
    {
        var space = device.Options.AddressSpace;
        var size = (nuint)1 << bits;
        var address = space.TryLend(bits);
        if (address == 0)
        {
            throw new GpuException(GpuErrorCode.OutOfMemory, $"no address space is left for a slot of 2^{bits} bytes");
        }

        // The driver reserves only what nobody has mapped. Nothing else is mapped into the hole meanwhile: the kernel
        // looks for the highest gap, and this one lies in the middle of the pool.
        Libc.munmap(address, size);
        ulong reserved;
        var result = Cuda.cuMemAddressReserve(&reserved, size, 0, (ulong)address, 0);
        if (result == CudaResult.CUDA_SUCCESS && reserved == (ulong)address)
        {
            return new CudaSlot(device, reserved, bits);
        }

        if (result == CudaResult.CUDA_SUCCESS)
        {
            _ = Cuda.cuMemAddressFree(reserved, size);
        }
        if (TryCloseHole(address, size))
        {
            space.Return(address, bits);
        }
        throw result == CudaResult.CUDA_SUCCESS
            ? new GpuException(
                GpuErrorCode.NotAvailable,
                "the CUDA driver can't use the engine's address space, because it was reserved first: open devices "
                + "before the first memory is created (CudaDriver initialises at its first use)")
            : result.ToException("address space on the device");
    }

    /// <summary>Backs everything that is not backed; what is mapped stays. No kernel that can reach the slot may run.</summary>
    /// <exception cref="GpuException">The driver refused.</exception>
    internal void Back()
    {
        var at = 0UL;
        foreach (var (offset, piece) in _pieces.ToArray())
        {
            BackGap(at, offset).Check("mapping memory into a region");
            at = offset + piece.Bytes;
        }
        BackGap(at, Size).Check("mapping memory into a region");
        IsWhole = true;
    }

    /// <summary>
    /// Puts memory into a range of granules in place of what is there, and scratch where the new memory leaves gaps. No
    /// kernel that can reach the slot may run meanwhile. Memory that was there is released.
    /// </summary>
    /// <param name="from">Where the range begins in the slot.</param>
    /// <param name="to">Where it ends.</param>
    /// <param name="memory">What goes there, in order, with its offset in the slot.</param>
    /// <exception cref="GpuException">The driver refused; the range is scratch then, unless <see cref="IsWhole"/> is
    /// false, and nothing of the new memory is mapped.</exception>
    internal void Change(ulong from, ulong to, ReadOnlySpan<(ulong Offset, CudaMemory Memory)> memory)
    {
        IsWhole = false;
        var (start, end) = Unmap(from, to);
        CudaResult result = 0;
        var at = start;
        foreach (var (offset, piece) in memory)
        {
            result = BackGap(at, offset);
            result = result == 0 ? Map(offset, piece) : result;
            if (result != 0)
            {
                break;
            }
            at = offset + piece.Bytes;
        }
        result = result == 0 ? BackGap(at, end) : result;
        if (result == 0)
        {
            // Whatever is mapped is accessible, so the sum tells.
            IsWhole = _pieces.Values.Aggregate(0UL, static (sum, piece) => sum + piece.Bytes) == Size;
            return;
        }

        // Scratch everywhere is the safe state; if even that fails, the slot is out of use until it can be backed.
        Unmap(start, end);
        IsWhole = BackGap(start, end) == 0;
        throw result.ToException("mapping memory into a region");
    }

    /// <summary>Unmaps all of it; the driver keeps the reservation. Does not throw.</summary>
    /// <returns>Whether the driver let go of everything.</returns>
    internal bool TryClear()
    {
        IsWhole = false;
        var isClear = true;
        while (_pieces.Count > 0)
        {
            var count = _pieces.Count;
            isClear &= TryUnmapRun(0, count);
        }
        return isClear;
    }

    /// <summary>Gives the reservation back to the driver and the address space to the engine.</summary>
    internal void Free()
    {
        if (TryClear()
            && Cuda.cuMemAddressFree(Address, (nuint)Size) == CudaResult.CUDA_SUCCESS
            && TryCloseHole((nint)Address, (nuint)Size))
        {
            _device.Options.AddressSpace.Return((nint)Address, Bits);
        }
    }

    /// <summary>The memory that lies in a range, without scratch.</summary>
    internal List<(ulong Offset, CudaMemory Memory)> Find(ulong from, ulong to)
    {
        List<(ulong, CudaMemory)> found = [];
        for (var i = FirstAt(from); i < _pieces.Count && _pieces.Keys[i] < to; i++)
        {
            if (!_device.Scratch.Owns(_pieces.Values[i]))
            {
                found.Add((_pieces.Keys[i], _pieces.Values[i]));
            }
        }
        return found;
    }

    private static bool TryCloseHole(nint address, nuint size)
    {
        const int Flags = Libc.MAP_PRIVATE | Libc.MAP_ANONYMOUS | Libc.MAP_NORESERVE | Libc.MAP_FIXED_NOREPLACE;
        return Libc.mmap(address, size, Libc.PROT_NONE, Flags, -1, 0) == address;
    }

    /// <summary>Unmaps the pieces that overlap a range, and says which range they covered, at least the given one.</summary>
    private (ulong Start, ulong End) Unmap(ulong from, ulong to)
    {
        var first = FirstAt(from);
        var last = first;
        while (last < _pieces.Count && _pieces.Keys[last] < to)
        {
            last++;
        }
        if (first == last)
        {
            return (from, to);
        }
        var start = Math.Min(from, _pieces.Keys[first]);
        var end = Math.Max(to, _pieces.Keys[last - 1] + _pieces.Values[last - 1].Bytes);
        while (last > first)
        {
            var count = _pieces.Count;
            if (!TryUnmapRun(first, last))
            {
                throw new GpuException(GpuErrorCode.Internal, "the driver does not let go of a region's memory");
            }
            last -= count - _pieces.Count;
        }
        return (start, end);
    }

    /// <summary>Unmaps the run of touching pieces that begins with one, and releases its memory.</summary>
    private bool TryUnmapRun(int first, int last)
    {
        var start = _pieces.Keys[first];
        var end = start;
        var next = first;
        while (next < last && _pieces.Keys[next] == end)
        {
            end += _pieces.Values[next].Bytes;
            next++;
        }
        var isUnmapped = Cuda.cuMemUnmap(Address + start, (nuint)(end - start)) == CudaResult.CUDA_SUCCESS;
        for (var i = next - 1; i >= first; i--)
        {
            var piece = _pieces.Values[i];
            _pieces.RemoveAt(i);
            if (!_device.Scratch.Owns(piece))
            {
                piece.Dispose();
            }
        }
        return isUnmapped;
    }

    private CudaResult BackGap(ulong from, ulong to)
    {
        if (from >= to)
        {
            return 0;
        }
        CudaResult result = 0;
        for (var at = from; at < to && result == 0;)
        {
            var piece = _device.Scratch.PieceFor(at, to);
            result = piece.MapAt(Address + at);
            if (result == 0)
            {
                _pieces.Add(at, piece);
                at += piece.Bytes;
            }
        }
        return Finish(result == 0 ? Grant(from, to - from, isHost: false) : result, from, to);
    }

    private CudaResult Map(ulong offset, CudaMemory memory)
    {
        var result = memory.MapAt(Address + offset);
        if (result != 0)
        {
            return result;
        }
        _pieces.Add(offset, memory);
        return Finish(Grant(offset, memory.Bytes, memory.IsHost), offset, offset + memory.Bytes);
    }

    /// <summary>Unmaps again what could not be made accessible.</summary>
    private CudaResult Finish(CudaResult result, ulong from, ulong to)
    {
        if (result != 0)
        {
            Unmap(from, to);
        }
        return result;
    }

    private CudaResult Grant(ulong offset, ulong bytes, bool isHost)
    {
        var access = stackalloc CudaMemoryAccess[2];
        access[0].Location = _device.DeviceLocation;
        access[0].Flags = CudaMemoryAccess.CU_MEM_ACCESS_FLAGS_PROT_READWRITE;
        access[1].Location = _device.HostLocation;
        access[1].Flags = CudaMemoryAccess.CU_MEM_ACCESS_FLAGS_PROT_READWRITE;
        return Cuda.cuMemSetAccess(Address + offset, (nuint)bytes, access, isHost ? 2u : 1u);
    }

    /// <summary>The first piece that ends after an offset.</summary>
    private int FirstAt(ulong offset)
    {
        var (low, high) = (0, _pieces.Count);
        while (low < high)
        {
            var middle = (low + high) / 2;
            if (_pieces.Keys[middle] + _pieces.Values[middle].Bytes <= offset)
            {
                low = middle + 1;
            }
            else
            {
                high = middle;
            }
        }
        return low;
    }
}
