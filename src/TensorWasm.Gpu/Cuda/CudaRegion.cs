using static TensorWasm.Gpu.Interop;

namespace TensorWasm.Gpu;

/// <summary>
/// A region on a GPU. Its slot is reserved with the driver, so that the same addresses mean the same bytes to the
/// processor and the GPU, and every granule of it is backed:
/// <list type="bullet">
/// <item>linear memory by memory of the host next to the device, mapped for both in the place of the engine's pages when
/// the region is first needed (their contents are copied once); its tail up to 2 MiB is closed to the processor;</item>
/// <item>the heap by device memory, granule by granule;</item>
/// <item>everything else by scratch, for the GPU only: the processor keeps its guard pages.</item>
/// </list>
/// </summary>
internal sealed unsafe class CudaRegion : Region
{
    private const ulong PageMask = 4095;

    private readonly CudaSlot _slot;

    internal CudaRegion(CudaDevice device, GpuTenant tenant, CudaSlot slot)
        : base(device, tenant, new RegionLayout(slot.Address, slot.Bits))
    {
        _slot = slot;
        CudaDevice = device;
    }

    internal CudaDevice CudaDevice { get; }

    protected override long MappingBytes => CudaSlot.TableBytes(_slot.Bits);

    /// <summary>Half a MiB of the driver's own (measured), while it has work; counted for as long as it lives.</summary>
    protected override long StreamBytes => 560 << 10;

    public override GpuEvent CreateEvent()
    {
        ThrowIfUnusable();
        CudaDevice.Context.Enter();
        return new CudaEvent(this);
    }

    /// <summary>
    /// Before a launch: backs what the driver had no memory for. No kernel of the region runs then, since none is launched
    /// into a slot that is not whole.
    /// </summary>
    /// <exception cref="GpuException"><see cref="GpuErrorCode.OutOfMemory"/>: it still has none.</exception>
    internal void MakeWhole()
    {
        if (!_slot.IsWhole)
        {
            CudaDevice.Context.Enter();
            _slot.Back();
        }
    }

    protected override void MapCore()
    {
        MakeWhole();
        if (LinearLength > 0)
        {
            MapLinear(0, LinearLength);
        }
    }

    protected override bool TryMapLinear(ulong oldLength, ulong newLength)
    {
        CudaDevice.Context.Enter();
        try
        {
            MapLinear(oldLength, newLength);
            return true;
        }
        catch (GpuException)
        {
            return false;
        }
    }

    protected override void UnmapLinear(ulong length)
    {
        var from = RegionLayout.LinearOffset;
        var to = from + RoundUp(length);
        try
        {
            ThrowIfUnusable();
            CudaDevice.Context.Enter();
            _slot.Change(from, to, []);
        }
        catch (GpuException)
        {
            // The device is lost, and a driver with a kernel that does not end may not come back from unmapping; or it is
            // out of memory for a mapping. The guest's pages must go in any case.
            const int Flags = Libc.MAP_PRIVATE | Libc.MAP_ANONYMOUS | Libc.MAP_NORESERVE | Libc.MAP_FIXED;
            Libc.mmap((nint)(_slot.Address + from), (nuint)(to - from), Libc.PROT_NONE, Flags, -1, 0);
        }
    }

    protected override void CommitHeap(ulong address, ulong bytes)
    {
        CudaDevice.Context.Enter();
        var offset = address - _slot.Address;
        List<(ulong, CudaMemory)> pieces = [];
        try
        {
            foreach (var (at, size) in Cut(offset, bytes))
            {
                CudaMemory.TryCreate(CudaDevice.DeviceLocation, size, out var memory).Check($"{bytes} bytes of device memory");
                pieces.Add((at, memory!));
            }
            _slot.Change(offset, offset + bytes, pieces.ToArray());
        }
        catch
        {
            pieces.ForEach(static piece => piece.Item2.Dispose());
            throw;
        }
        try
        {
            FillCore(address, bytes, 0);
        }
        catch when (!IsLost)
        {
            Release(offset, bytes);
            throw;
        }
    }

    protected override void DecommitHeap(ulong address, ulong bytes)
    {
        CudaDevice.Context.Enter();
        try
        {
            FillCore(address, bytes, 0);
        }
        catch (GpuException)
        {
            if (IsLost)
            {
                return; // and a driver with a kernel that does not end may not come back from unmapping
            }
        }
        Release(address - _slot.Address, bytes);
    }

    protected override void CopyInCore(ulong address, ReadOnlySpan<byte> source)
    {
        fixed (byte* start = source)
        {
            using var lane = Borrow();
            lane.Value.CopyIn(address, start, (ulong)source.Length);
        }
    }

    protected override void CopyOutCore(ulong address, Span<byte> destination)
    {
        fixed (byte* start = destination)
        {
            using var lane = Borrow();
            lane.Value.CopyOut(start, address, (ulong)destination.Length);
        }
    }

    protected override void FillCore(ulong address, ulong count, byte value)
    {
        using var lane = Borrow();
        lane.Value.Fill(address, count, value);
    }

    protected override GpuStream CreateStreamCore() => new CudaStream(this);

    protected override void Close(bool wasMapped)
    {
        if (IsLost)
        {
            return; // the slot's addresses are given up with the context in which they were reserved
        }
        CudaDevice.Context.Enter();
        if (wasMapped && _slot.IsWhole)
        {
            try
            {
                foreach (var (offset, memory) in _slot.Find(RegionLayout.HeapOffset, Layout.Size / 2))
                {
                    FillCore(_slot.Address + offset, memory.Bytes, 0);
                }
                if (_slot.Find(0, _slot.Size) is { Count: > 0 } left)
                {
                    _slot.Change(left[0].Offset, left[^1].Offset + left[^1].Memory.Bytes, []);
                }
            }
            catch (GpuException)
            {
                // The pool clears what is not whole.
            }
        }
        CudaDevice.Slots.Return(_slot);
    }

    /// <summary>Puts scratch into the place of memory. Does not throw.</summary>
    private void Release(ulong offset, ulong bytes)
    {
        try
        {
            _slot.Change(offset, offset + bytes, []);
        }
        catch (GpuException)
        {
            // There is no memory to map scratch with: the next launch tries again.
        }
    }

    private static ulong RoundUp(ulong length) =>
        (length + RegionLayout.Granule - 1) & ~(RegionLayout.Granule - 1);

    /// <summary>
    /// The pieces of a run of granules that are released together: its first and last granule may be shared with other
    /// buffers, what lies between belongs to one.
    /// </summary>
    private static IEnumerable<(ulong Offset, ulong Bytes)> Cut(ulong offset, ulong bytes)
    {
        yield return (offset, RegionLayout.Granule);
        if (bytes > 2 * RegionLayout.Granule)
        {
            yield return (offset + RegionLayout.Granule, bytes - (2 * RegionLayout.Granule));
        }
        if (bytes > RegionLayout.Granule)
        {
            yield return (offset + bytes - RegionLayout.Granule, RegionLayout.Granule);
        }
    }

    /// <summary>
    /// Maps linear memory from one length to another. What kernels may have written behind the old end, inside its last
    /// granule, is cleared: new pages of a memory are zero (WebAssembly, 4.5.3.9).
    /// </summary>
    private void MapLinear(ulong oldLength, ulong newLength)
    {
        var linear = (byte*)Layout.LinearBase;
        var mapped = RoundUp(oldLength);
        if (oldLength < mapped)
        {
            Clear(linear + oldLength, Math.Min(newLength, mapped) - oldLength);
        }
        if (newLength <= mapped)
        {
            return;
        }

        var bytes = RoundUp(newLength) - mapped;
        CudaMemory.TryCreate(CudaDevice.HostLocation, bytes, out var memory).Check($"{bytes} bytes of host memory");
        var offset = RegionLayout.LinearOffset + mapped;
        // Pages that a memory has grown by are zero; only what it began with can have contents.
        Stage(memory!, linear + mapped, oldLength == 0 ? newLength : 0, () => _slot.Change(offset, offset + bytes, [(offset, memory!)]));
        var tail = RoundUp(newLength) - newLength;
        if (tail > 0)
        {
            Libc.mprotect((nint)(linear + newLength), (nuint)tail, Libc.PROT_NONE);
        }
    }

    /// <summary>
    /// Gives memory the contents of the engine's pages before it takes their place. If it can't, the engine gets pages with
    /// the same contents again.
    /// </summary>
    private void Stage(CudaMemory memory, byte* source, ulong length, Action replace)
    {
        ulong window = 0;
        try
        {
            Cuda.cuMemAddressReserve(&window, (nuint)memory.Bytes, 0, 0, 0).Check("address space");
            memory.MapAt(window).Check("mapping host memory");
            try
            {
                var access = new CudaMemoryAccess
                {
                    Location = CudaDevice.HostLocation,
                    Flags = CudaMemoryAccess.CU_MEM_ACCESS_FLAGS_PROT_READWRITE,
                };
                Cuda.cuMemSetAccess(window, (nuint)memory.Bytes, &access, 1)
                    .Check("mapping host memory");
                Buffer.MemoryCopy(source, (void*)window, memory.Bytes, length);
                Clear((byte*)window + length, memory.Bytes - length);
                try
                {
                    replace();
                }
                catch (GpuException) when (length > 0)
                {
                    const int Flags = Libc.MAP_PRIVATE | Libc.MAP_ANONYMOUS | Libc.MAP_NORESERVE | Libc.MAP_FIXED;
                    var pages = (nuint)(length + PageMask) & ~(nuint)PageMask;
                    Libc.mmap((nint)source, pages, Libc.PROT_READ | Libc.PROT_WRITE, Flags, -1, 0);
                    Buffer.MemoryCopy((void*)window, source, length, length);
                    throw;
                }
            }
            finally
            {
                _ = Cuda.cuMemUnmap(window, (nuint)memory.Bytes);
            }
        }
        catch
        {
            memory.Dispose();
            throw;
        }
        finally
        {
            if (window != 0)
            {
                _ = Cuda.cuMemAddressFree(window, (nuint)memory.Bytes);
            }
        }
    }

    private static void Clear(byte* start, ulong bytes) =>
        System.Runtime.InteropServices.NativeMemory.Clear(start, (nuint)bytes);

    private BorrowedLane Borrow()
    {
        if (IsLost)
        {
            throw CudaDevice.Lost();
        }
        CudaDevice.Context.Enter();
        return new BorrowedLane(CudaDevice.Lanes);
    }

    /// <summary>A lane for one copy.</summary>
    private readonly struct BorrowedLane(CudaLanePool pool) : IDisposable
    {
        internal CudaLane Value { get; } = pool.Rent();

        public void Dispose() => pool.Return(Value);
    }
}
