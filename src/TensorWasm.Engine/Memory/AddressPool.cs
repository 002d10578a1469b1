using System.Globalization;

namespace TensorWasm.Engine;

/// <summary>
/// One contiguous reservation of address space that holds every guarded linear memory, so that two constants in the
/// signal shim tell a guest's fault from any other. It is cut into slots (<see cref="MemoryRegion"/>) and lives as long
/// as the process.
/// </summary>
internal sealed class AddressPool
{
    /// <summary>
    /// A slot is what a 32-bit index, a 32-bit offset and the widest access can reach, 8 GiB and a few bytes, plus the
    /// header below. 2 MiB more instead of one page lets header and first pages share one page table.
    /// </summary>
    internal const ulong SlotStride = (8UL << 30) + (2UL << 20);

    private const string SizeVariable = "TENSORWASM_ADDRESS_POOL_GIB";

    /// <summary>96 TiB hold 12,284 slots and leave a quarter of the 47-bit address space to the rest of the process.</summary>
    private static readonly int[] SizesInGiB =
        [98_304, 81_920, 65_536, 49_152, 32_768, 16_384, 8_192, 4_096, 2_048, 1_024, 512, 256, 128, 64];

    private AddressPool(nint start, ulong bytes)
    {
        Start = start;
        Bytes = bytes;
        const ulong Alignment = 2UL << 20; // what one page table covers
        SlotCount = (int)((bytes - Alignment) / SlotStride);
        FirstSlot = (nint)(((ulong)start + Alignment - 1) & ~(Alignment - 1));
    }

    internal nint Start { get; }

    internal ulong Bytes { get; }

    /// <summary>How many linear memories fit.</summary>
    internal int SlotCount { get; }

    /// <summary>The header page of the first slot.</summary>
    internal nint FirstSlot { get; }

    /// <summary>Reserves the largest pool that the host allows, or the size that the environment asks for.</summary>
    /// <returns>null when not even the smallest fits.</returns>
    internal static AddressPool? TryReserve()
    {
        foreach (var size in Sizes())
        {
            var bytes = (ulong)size << 30;
            var start = VirtualMemory.TryReserve((nuint)bytes);
            if (start != 0)
                return new AddressPool(start, bytes);
        }
        return null;
    }

    private static IEnumerable<int> Sizes()
    {
        var wanted = Environment.GetEnvironmentVariable(SizeVariable);
        if (!int.TryParse(wanted, NumberStyles.None, CultureInfo.InvariantCulture, out var size))
            return SizesInGiB;
        size = Math.Clamp(size, SizesInGiB[^1], SizesInGiB[0]);
        return SizesInGiB.Where(s => s < size).Prepend(size);
    }
}
