namespace TensorWasm.Gpu;

/// <summary>
/// The parts of a region, a slot of 2^k bytes aligned to its size. Kernels may read all of it and write its lower half.
/// <list type="bullet">
/// <item>2 MiB that no object lies in, so that an address near zero, fenced, finds nothing;</item>
/// <item>the guest's linear memory, at the address where the guest's own code reaches it, and its guard;</item>
/// <item>the heap: buffers and the global variables of kernels;</item>
/// <item>the upper half: what may only be read.</item>
/// </list>
/// </summary>
/// <param name="Base">The slot's address.</param>
/// <param name="Bits">Logarithm of its size.</param>
public readonly record struct RegionLayout(ulong Base, int Bits)
{
    /// <summary>What memory is mapped in: 2 MiB (cuMemGetAllocationGranularity).</summary>
    public const ulong Granule = 2UL << 20;

    /// <summary>Where linear memory begins in the slot.</summary>
    public const ulong LinearOffset = Granule;

    /// <summary>Linear memory and its guard: what 32-bit index, 32-bit offset and the widest access reach.</summary>
    public const ulong LinearWindow = (8UL << 30) + Granule;

    /// <summary>Where the heap begins in the slot.</summary>
    public const ulong HeapOffset = LinearOffset + LinearWindow;

    /// <summary>Slots of 32 GiB, with a heap of almost 8 GiB.</summary>
    public const int DefaultBits = 35;

    /// <summary>The largest slots, 4 TiB.</summary>
    public const int MaxBits = 42;

    /// <summary>Bytes of the slot.</summary>
    public ulong Size => 1UL << Bits;

    /// <summary>The address of linear memory's byte 0.</summary>
    public ulong LinearBase => Base + LinearOffset;

    /// <summary>The heap's address.</summary>
    public ulong HeapBase => Base + HeapOffset;

    /// <summary>Bytes that the heap can have.</summary>
    public ulong HeapSize => (Size / 2) - HeapOffset;

    /// <summary>Where the half begins that may only be read.</summary>
    public ulong ReadOnlyBase => Base + (Size / 2);

    /// <summary>The smallest slots whose heap holds a number of bytes.</summary>
    /// <param name="heapBytes">The bytes.</param>
    /// <returns>The logarithm of their size.</returns>
    public static int BitsFor(ulong heapBytes)
    {
        var bits = DefaultBits;
        while (bits < MaxBits && new RegionLayout(0, bits).HeapSize < heapBytes)
        {
            bits++;
        }
        return bits;
    }
}
