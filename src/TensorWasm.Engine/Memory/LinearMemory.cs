using System.Runtime.InteropServices;

namespace TensorWasm.Engine;

/// <summary>
/// A linear memory (specification, section 4.2.9). <see cref="Base"/> and its page header never move, so compiled code
/// may keep them. A handle: whoever runs guest code or holds a span over the memory must hold a reference
/// (<see cref="SafeHandle.DangerousAddRef"/>, or what owns the memory must not dispose it meanwhile); the address space
/// goes back to the pool with the last one, or with the finalizer.
/// </summary>
internal sealed unsafe partial class LinearMemory : SafeHandle
{
    /// <summary>Bytes of a WebAssembly page.</summary>
    internal const ulong PageBytes = 64 << 10;

    private readonly Lock _gate = new();
    private readonly MemoryRegion _region;
    private readonly ulong _minimumLength;
    private readonly ulong _maximumLength;
    private ulong _length;

    private LinearMemory(MemoryRegion region, ulong minimumLength, ulong maximumLength, bool isGuarded)
        : base(0, ownsHandle: true)
    {
        _region = region;
        _minimumLength = minimumLength;
        _maximumLength = maximumLength;
        _length = minimumLength;
        Base = region.Base;
        IsGuarded = isGuarded;
        SetHandle(region.Base);
    }

    /// <summary>
    /// Address space that one memory without guard pages may reserve, in bytes: 16 GiB, or what its minimum needs. Such a
    /// memory can't grow beyond it, whatever its type says. Set by AppContext data
    /// <c>TensorWasm.MaxMemoryReservationGiB</c>.
    /// </summary>
    internal static ulong MaxReservation { get; } =
        (ulong)(AppContext.GetData("TensorWasm.MaxMemoryReservationGiB") switch
        {
            int gibibytes and > 0 => gibibytes,
            string text when int.TryParse(text, out var gibibytes) && gibibytes > 0 => gibibytes,
            _ => 16,
        }) << 30;

    /// <inheritdoc/>
    public override bool IsInvalid => handle == 0;

    /// <summary>Address 0 of the guest. The current length in bytes lies 8 bytes below, for compiled code to read.</summary>
    internal nint Base { get; }

    /// <summary>Whether accesses of 32-bit index plus 32-bit offset fault by themselves when out of bounds.</summary>
    internal bool IsGuarded { get; }

    /// <summary>Whether it lies where a host wanted it.</summary>
    internal bool IsPlaced => _region.Placement is not null;

    /// <summary>The current length.</summary>
    /// <exception cref="ObjectDisposedException">The memory has been disposed.</exception>
    internal ulong ByteLength
    {
        get
        {
            ObjectDisposedException.ThrowIf(IsClosed, this);
            return Volatile.Read(ref _length);
        }
    }

    /// <summary>A new memory with its initial content.</summary>
    /// <param name="minPages">Its size, in pages of 64 KiB.</param>
    /// <param name="maxPages">The size beyond which it can't grow.</param>
    /// <param name="is64">Whether 64-bit addresses reach it; it can't be guarded then.</param>
    /// <param name="guarded">Whether compiled code relies on guard pages.</param>
    /// <param name="image">The initial content; null for zeros.</param>
    /// <param name="placement">Where the host wants it; null for anywhere. For 32-bit addresses only.</param>
    /// <exception cref="InsufficientMemoryException">Memory, mappings, address space or slots have run out.</exception>
    internal static LinearMemory Create(
        ulong minPages, ulong maxPages, bool is64, bool guarded, MemoryImage? image, MemoryPlacement? placement = null)
    {
        if (guarded && is64)
            throw new ArgumentException("guard pages can't bound 64-bit addresses", nameof(guarded));
        var limit = is64 ? ulong.MaxValue / PageBytes : 65_536;
        ArgumentOutOfRangeException.ThrowIfGreaterThan(minPages, limit);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(minPages, maxPages);
        var minimum = minPages * PageBytes;
        var maximum = Math.Min(maxPages, limit) * PageBytes;
        if (image is not null && image.MinimumLength > minimum)
            throw new ArgumentException("the image is longer than the memory", nameof(image));

        var region = placement is not null ? new MemoryRegion(placement, maximum)
            : guarded ? RegionPool.Rent(image)
            : Reserve(minimum, maximum);
        if ((placement is not null && !region.TryClose()) || !region.TryPrepare(image, minimum))
        {
            var reason = VirtualMemory.DescribeLastError();
            Free(region);
            throw new InsufficientMemoryException($"a memory of {minPages} pages can't be had: {reason}");
        }
        return new LinearMemory(region, minimum, Math.Min(maximum, region.Capacity), guarded);
    }

    /// <summary>Grows by zeroed pages, <c>memory.grow</c>. Safe to call from many threads.</summary>
    /// <returns>The size before, in pages, or -1 when the limit or the host allows no more.</returns>
    /// <exception cref="ObjectDisposedException">The memory has been disposed.</exception>
    internal long Grow(ulong deltaPages)
    {
        var held = false;
        try
        {
            DangerousAddRef(ref held);
            lock (_gate)
            {
                var old = _length;
                if (deltaPages == 0)
                    return (long)(old / PageBytes);
                if (deltaPages > (_maximumLength - old) / PageBytes)
                    return -1;
                var length = old + (deltaPages * PageBytes);
                if (!_region.TryGrow(length))
                    return -1;
                Volatile.Write(ref _length, length);
                return (long)(old / PageBytes);
            }
        }
        finally
        {
            if (held)
                DangerousRelease();
        }
    }

    /// <summary>Back to the minimum size and an initial content, in time proportional to what was touched.</summary>
    /// <exception cref="InsufficientMemoryException">The host refused; the memory is disposed then.</exception>
    /// <exception cref="ObjectDisposedException">The memory has been disposed.</exception>
    internal void Reset(MemoryImage? image)
    {
        if (image is not null && image.MinimumLength > _minimumLength)
            throw new ArgumentException("the image is longer than the memory", nameof(image));
        var held = false;
        try
        {
            DangerousAddRef(ref held);
            lock (_gate)
            {
                if ((_region.TryClean() || _region.TryClose()) && _region.TryPrepare(image, _minimumLength))
                {
                    Volatile.Write(ref _length, _minimumLength);
                    return;
                }
            }
            var reason = VirtualMemory.DescribeLastError();
            Dispose();
            throw new InsufficientMemoryException($"the memory could not be reset: {reason}");
        }
        finally
        {
            if (held)
                DangerousRelease();
        }
    }

    /// <inheritdoc/>
    protected override bool ReleaseHandle()
    {
        if (_region.IsPooled)
        {
            RegionPool.Return(_region);
            return true;
        }
        return _region.Placement is null ? Unreserve(_region) : Leave(_region);
    }

    /// <summary>
    /// Address space for a memory with explicit checks. Growth beyond what can be reserved fails, which a guest must
    /// expect anyway; so less than the maximum will do, but not less than the minimum.
    /// </summary>
    private static MemoryRegion Reserve(ulong minimum, ulong maximum)
    {
        var capacity = Math.Max(minimum, Math.Min(maximum, MaxReservation));
        if (capacity > (ulong)nint.MaxValue - VirtualMemory.PageSize)
        {
            throw new InsufficientMemoryException(
                $"a memory of {minimum / PageBytes} pages is more than this process can address");
        }
        while (true)
        {
            var start = VirtualMemory.TryReserve(VirtualMemory.PageSize + (nuint)capacity);
            if (start != 0)
                return new MemoryRegion(start, capacity, isPooled: false);
            if (capacity == minimum)
            {
                throw new InsufficientMemoryException(
                    $"no address space for a memory of {minimum / PageBytes} pages: {VirtualMemory.DescribeLastError()}");
            }
            capacity = Math.Max(minimum, capacity / 2 / PageBytes * PageBytes);
        }
    }

    private static void Free(MemoryRegion region)
    {
        if (region.IsPooled)
            RegionPool.Close(region);
        else if (region.Placement is not null)
            Leave(region);
        else
            Unreserve(region);
    }

    /// <summary>Gives a host's place back. One that can't be cleaned is never given back, so nobody gets its contents.</summary>
    private static bool Leave(MemoryRegion region)
    {
        if (!region.TryClose())
            return false;
        region.Placement!.Release();
        return true;
    }

    private static bool Unreserve(MemoryRegion region) =>
        VirtualMemory.TryRelease(region.Start, VirtualMemory.PageSize + (nuint)region.Capacity);
}
