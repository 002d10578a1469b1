namespace TensorWasm.Engine;

/// <summary>
/// Address space for one linear memory: a header page, readable and writable, whose last eight bytes are the memory's
/// length, and directly above it, from <see cref="Base"/>, what the guest's addresses reach. Of that a prefix is
/// committed; the rest has no access. Used by one thread at a time; who calls holds the lock of the memory that owns it.
/// </summary>
internal sealed unsafe class MemoryRegion
{
    private readonly nuint _headerBytes = VirtualMemory.PageSize;
    private ulong _committed;
    private MemoryImage? _image;
    private bool _isOpen;

    /// <param name="start">Where the header page lies.</param>
    /// <param name="capacity">Bytes above the header that may be committed.</param>
    /// <param name="isPooled">Whether the address space belongs to the pool.</param>
    internal MemoryRegion(nint start, ulong capacity, bool isPooled)
    {
        Start = start;
        Base = start + (nint)_headerBytes;
        Capacity = capacity;
        IsPooled = isPooled;
    }

    /// <summary>A region at a host's place, whose window is mapped anew.</summary>
    /// <param name="placement">The place.</param>
    /// <param name="capacity">Bytes that may be committed.</param>
    internal MemoryRegion(MemoryPlacement placement, ulong capacity)
        : this(placement.Base - (nint)VirtualMemory.PageSize, capacity, isPooled: false)
    {
        Placement = placement;
        _committed = MemoryPlacement.WindowBytes;
    }

    /// <summary>The host's place in which the region lies; null for none.</summary>
    internal MemoryPlacement? Placement { get; }

    /// <summary>Where the header page lies.</summary>
    internal nint Start { get; }

    /// <summary>Address 0 of the guest.</summary>
    internal nint Base { get; }

    /// <summary>Bytes from <see cref="Base"/> that may be committed.</summary>
    internal ulong Capacity { get; }

    internal bool IsPooled { get; }

    /// <summary>The image whose mapped runs lie in the region; null for none.</summary>
    internal MemoryImage? Image => _image;

    /// <summary>The length that compiled code reads, at <see cref="Base"/> - 8.</summary>
    internal ulong Length
    {
        get => Volatile.Read(ref *(ulong*)(Base - 8));
        set => Volatile.Write(ref *(ulong*)(Base - 8), value);
    }

    /// <summary>Makes a clean region a memory of some length with an initial content.</summary>
    /// <returns>false when the host refused; the region must then be closed.</returns>
    internal bool TryPrepare(MemoryImage? image, ulong length)
    {
        var mapped = image is { IsMapped: true } ? image : null;
        if (_image is not null && _image != mapped && !TryClose())
            return false;
        if (!_isOpen)
        {
            // Known before it is tried: a call that fails half-way has committed something for closing to find.
            _committed = length;
            if (!VirtualMemory.TryCommit(Start, _headerBytes + (nuint)length))
                return false;
            _isOpen = true;
        }
        else if (!TryResize(length))
        {
            return false;
        }

        if (_image != mapped)
        {
            if (!mapped!.TryMap(Base))
                return false;
            _image = mapped;
        }
        image?.CopyTo(Base);
        Length = length;
        Placement?.OnPlaced(length);
        return true;
    }

    /// <summary>Commits more pages and publishes the new length.</summary>
    internal bool TryGrow(ulong length)
    {
        var old = _committed;
        if (length > Capacity || !TryResize(length))
            return false;
        if (Placement is { } placement && !placement.TryGrow(old, length))
        {
            // Nobody was told of the pages, so they are clean; those a device put here can't be discarded, only closed.
            VirtualMemory.TryDiscard(Base + (nint)old, (nuint)(length - old));
            TryResize(old);
            return false;
        }
        Length = length;
        return true;
    }

    /// <summary>
    /// Drops whatever a guest wrote, in time proportional to the pages it touched. What stays mapped reads as zero or as
    /// the image.
    /// </summary>
    /// <returns>false when the host refused; nobody may be given the region then.</returns>
    internal bool TryClean()
    {
        if (!_isOpen)
            return true;

        // A device may have put pages of its own in the place of ours, image and all: the window is mapped anew.
        if (Placement is not null)
            return TryClose();
        Length = 0;
        return VirtualMemory.TryDiscard(Base, (nuint)_committed);
    }

    /// <summary>Makes the region untouched address space again, contents, mappings, header and all.</summary>
    /// <returns>false when the host refused; nobody may be given the region then.</returns>
    internal bool TryClose()
    {
        if (_isOpen)
            Placement?.Detach();
        if (!VirtualMemory.TryUncommit(Start, _headerBytes + (nuint)_committed))
            return false;
        _isOpen = false;
        _committed = 0;
        _image = null;
        return true;
    }

    /// <summary>Commits or takes back pages at the end. What is taken back must be clean.</summary>
    private bool TryResize(ulong length)
    {
        if (length < _committed)
        {
            if (!VirtualMemory.TryProtect(Base + (nint)length, (nuint)(_committed - length)))
                return false;
        }
        else if (!VirtualMemory.TryCommit(Base + (nint)_committed, (nuint)(length - _committed)))
        {
            // A call that failed half-way may have opened pages that must go on faulting.
            VirtualMemory.TryProtect(Base + (nint)_committed, (nuint)(length - _committed));
            return false;
        }
        _committed = length;
        return true;
    }
}
