namespace TensorWasm.Engine;

/// <summary>
/// Aligned ranges of the address space that the engine reserves for guests, lent to a host that must lay a memory out
/// together with something else, such as a device's. Faults inside a lent range are turned into exceptions like a
/// guest's own, where <see cref="TurnsFaultsIntoExceptions"/> says so.
/// </summary>
public static class GuestAddressSpace
{
    /// <summary>Smallest range: 2^34 bytes, a 32-bit memory with its guard and as much again.</summary>
    public const int MinBits = 34;

    /// <summary>Largest range: 2^42 bytes.</summary>
    public const int MaxBits = 42;

    private static readonly Lock Gate = new();
    private static readonly Dictionary<int, Stack<nint>> Returned = [];

    /// <summary>
    /// Whether a data access to a page without access, anywhere in a lent range, raises
    /// <see cref="NullReferenceException"/> in managed code (and ends the process in any other).
    /// </summary>
    public static bool TurnsFaultsIntoExceptions => GuardPages.IsSupported;

    /// <summary>Lends a range without access, aligned to its size.</summary>
    /// <param name="bits">Logarithm of its size in bytes.</param>
    /// <returns>Its address, or 0 when the address space is used up.</returns>
    public static nint TryLend(int bits)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(bits, MinBits);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(bits, MaxBits);
        lock (Gate)
        {
            if (Returned.TryGetValue(bits, out var ranges) && ranges.TryPop(out var range))
                return range;
        }
        return GuardPages.IsSupported ? RegionPool.TryCarve(bits) : TryReserveAligned(bits);
    }

    /// <summary>
    /// Takes a range back. It must be as it was lent: mapped without access, nothing in it. One that can't be brought to
    /// that state is not returned, and so never lent again.
    /// </summary>
    /// <param name="address">What <see cref="TryLend"/> returned.</param>
    /// <param name="bits">What it was asked for.</param>
    public static void Return(nint address, int bits)
    {
        lock (Gate)
        {
            if (!Returned.TryGetValue(bits, out var ranges))
                Returned.Add(bits, ranges = []);
            ranges.Push(address);
        }
    }

    private static nint TryReserveAligned(int bits)
    {
        var size = 1UL << bits;
        var start = VirtualMemory.TryReserve((nuint)(size * 2));
        return start == 0 ? 0 : (nint)(((ulong)start + size - 1) & ~(size - 1));
    }
}
