namespace TensorWasm.Engine;

/// <summary>
/// The pool's slots. A freed one is cleaned, not unmapped, and kept with its mappings for the next memory of the same
/// image, or, without an image, for any: then creating a memory needs no system call but to fit its size.
/// </summary>
internal static class RegionPool
{
    /// <summary>
    /// Clean regions that keep mappings, of all images together. Each holds a header page, page tables (8 KiB) and up to
    /// six mappings of the process's vm.max_map_count, 65,530 by default.
    /// </summary>
    internal const int MaxKept = 1024;

    private const ulong SlotCapacity = 4UL << 30;

    /// <summary>Between two collections that look for forgotten memories, so that they can't be had by asking.</summary>
    private const long MillisecondsBetweenCollections = 1000;

    private static readonly Lock Gate = new();
    private static readonly Stack<MemoryRegion> Closed = [];
    private static readonly Stack<MemoryRegion> Blank = [];
    private static readonly HashSet<WeakReference<MemoryImage>> Images = [];
    private static long _lastCollection = -MillisecondsBetweenCollections;
    private static int _opened;
    private static int _kept;
    private static int _lost;
    private static ulong _carved;

    /// <summary>Slots whose cleaning failed, which are never used again.</summary>
    internal static int Lost => Volatile.Read(ref _lost);

    /// <summary>A clean region, the best fit for an image.</summary>
    /// <exception cref="InsufficientMemoryException">All slots are in use.</exception>
    internal static MemoryRegion Rent(MemoryImage? image)
    {
        if (TryRent(image) is { } region)
            return region;

        // Memories that nobody refers to any more hold slots until they are finalized.
        var now = Environment.TickCount64;
        var last = Interlocked.Read(ref _lastCollection);
        if (now - last >= MillisecondsBetweenCollections
            && Interlocked.CompareExchange(ref _lastCollection, now, last) == last)
        {
            GC.Collect();
            GC.WaitForPendingFinalizers();
            if (TryRent(image) is { } freed)
                return freed;
        }
        throw new InsufficientMemoryException(
            $"all {GuardPages.Pool.SlotCount} slots for guarded memories are in use ({Lost} lost to failed cleaning): "
            + "dispose stores that are done, or use an engine with explicit bounds checks, which needs no slots");
    }

    /// <summary>Takes a region back. Its contents are dropped here, before anyone can be given it.</summary>
    internal static void Return(MemoryRegion region)
    {
        if (!region.TryClean())
        {
            Close(region);
            return;
        }

        lock (Gate)
        {
            if (_kept < MaxKept && region.Image is not { IsRetired: true })
            {
                _kept++;
                if (region.Image is { } image)
                {
                    image.Regions.Push(region);
                    Images.Add(image.Weak);
                }
                else
                {
                    Blank.Push(region);
                }
                return;
            }
        }
        Close(region);
    }

    /// <summary>Unmaps what a region has left and takes it back, or gives it up for good.</summary>
    internal static void Close(MemoryRegion region)
    {
        var isClosed = region.TryClose();
        lock (Gate)
        {
            if (isClosed)
                Closed.Push(region);
            else
                _lost++;
        }
    }

    /// <summary>Closes the regions that wait for another memory of an image, and keeps none from now on.</summary>
    internal static void Retire(MemoryImage image)
    {
        MemoryRegion[] regions;
        lock (Gate)
        {
            image.IsRetired = true;
            regions = [.. image.Regions];
            image.Regions.Clear();
            Images.Remove(image.Weak);
            _kept -= regions.Length;
        }
        foreach (var region in regions)
            Close(region);
    }

    /// <summary>Takes an aligned range from the pool's upper end, for good. 0 when slots or earlier ranges have met it.</summary>
    internal static nint TryCarve(int bits)
    {
        var pool = GuardPages.Pool;
        lock (Gate)
        {
            var end = (ulong)pool.Start + pool.Bytes - _carved;
            var start = (end >> bits) - 1 << bits;
            var slotsEnd = (ulong)pool.FirstSlot + ((ulong)_opened * AddressPool.SlotStride);
            if (end < 1UL << bits || start < slotsEnd)
                return 0;
            _carved = (ulong)pool.Start + pool.Bytes - start;
            return (nint)start;
        }
    }

    private static MemoryRegion? TryRent(MemoryImage? image)
    {
        var pool = GuardPages.Pool;
        lock (Gate)
        {
            if (image is { IsMapped: true })
            {
                if (TryTake(image) is { } same)
                    return same;
            }
            else if (Blank.TryPop(out var blank))
            {
                _kept--;
                return blank;
            }

            if (Closed.TryPop(out var closed))
                return closed;
            var start = (ulong)pool.FirstSlot + ((ulong)_opened * AddressPool.SlotStride);
            if (start + AddressPool.SlotStride <= (ulong)pool.Start + pool.Bytes - _carved)
            {
                _opened++;
                return new MemoryRegion((nint)start, SlotCapacity, isPooled: true);
            }

            // The only ones left wait for other images; who takes one closes it first.
            if (Blank.TryPop(out var any))
            {
                _kept--;
                return any;
            }
            foreach (var weak in Images)
            {
                // One without a target is about to be finalized, which closes its regions.
                if (weak.TryGetTarget(out var other) && TryTake(other) is { } taken)
                    return taken;
            }
            return null;
        }
    }

    private static MemoryRegion? TryTake(MemoryImage image)
    {
        if (!image.Regions.TryPop(out var region))
            return null;
        _kept--;
        if (image.Regions.Count == 0)
            Images.Remove(image.Weak);
        return region;
    }
}
