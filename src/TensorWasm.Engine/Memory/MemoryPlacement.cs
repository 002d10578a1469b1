namespace TensorWasm.Engine;

/// <summary>
/// A place that a host has chosen for a linear memory, so that a device can reach it at the address where the guest's
/// code does. A <see cref="Store"/> puts its first 32-bit memory there. The place is a window of
/// <see cref="WindowBytes"/> bytes from <see cref="Base"/> and one page below it, in a range of
/// <see cref="GuestAddressSpace"/>, with nothing of value in it: the engine maps the window anew.
/// </summary>
/// <param name="baseAddress">Address 0 of the guest, a multiple of the host's page size.</param>
public abstract class MemoryPlacement(nint baseAddress)
{
    /// <summary>
    /// What a 32-bit index, a 32-bit offset and the widest access can reach, in whole 2 MiB: 8 GiB and 2 MiB. The engine
    /// owns the processor's view of it; the memory's length is accessible, the rest is not.
    /// </summary>
    public const ulong WindowBytes = (8UL << 30) + (2UL << 20);

    private int _isTaken;

    /// <summary>Address 0 of the guest.</summary>
    public nint Base { get; } = baseAddress;

    /// <summary>Called when the memory exists, with its length in bytes.</summary>
    /// <param name="length">The length.</param>
    protected internal virtual void OnPlaced(ulong length)
    {
    }

    /// <summary>
    /// Called while the memory grows, when the new pages are accessible to the processor but nobody has been told yet. One
    /// call at a time.
    /// </summary>
    /// <param name="oldLength">The length in bytes before.</param>
    /// <param name="newLength">The length in bytes afterwards.</param>
    /// <returns>false when the device can't follow; the memory does not grow then.</returns>
    protected internal virtual bool TryGrow(ulong oldLength, ulong newLength) => true;

    /// <summary>
    /// Called before the memory's contents are dropped. The device must not hold its pages any longer when it returns.
    /// </summary>
    protected internal virtual void Detach()
    {
    }

    /// <summary>
    /// Called once, when the memory is gone and the window is mapped without access. It may be called by a finalizer.
    /// </summary>
    protected internal virtual void Release()
    {
    }

    /// <summary>Whether this is the first memory to take the place.</summary>
    internal bool TryTake() => Interlocked.Exchange(ref _isTaken, 1) == 0;
}
