namespace TensorWasm.Gpu;

/// <summary>
/// Cuts a range of address space into allocations, and tells which granules come into use and fall out of it. First
/// fit,
/// in pieces of 256 bytes, which is what device allocators promise (CUDA C++ programming guide, 5.3.2). The granules an
/// allocation shares with others are counted. Not safe for several threads at once.
/// </summary>
/// <param name="size">Bytes of the range, a multiple of the granule.</param>
internal sealed class HeapAllocator(ulong size)
{
    internal const ulong Alignment = 256;

    private readonly SortedList<ulong, ulong> _free = new() { [0] = size };
    private readonly Dictionary<ulong, ulong> _allocated = [];
    private readonly Dictionary<ulong, int> _granuleUses = [];

    /// <summary>Granules in use.</summary>
    internal int Granules => _granuleUses.Count;

    internal int Count => _allocated.Count;

    /// <summary>Takes a range.</summary>
    /// <param name="bytes">Its size, above 0.</param>
    /// <param name="offset">Where it lies.</param>
    /// <param name="newGranules">Runs of granules (offset, bytes) that nothing lay in before.</param>
    /// <returns>false when no free range is large enough.</returns>
    internal bool TryAllocate(ulong bytes, out ulong offset, out List<(ulong Offset, ulong Bytes)> newGranules)
    {
        newGranules = [];
        offset = 0;
        if (bytes == 0 || bytes > size)
        {
            return false;
        }
        bytes = (bytes + Alignment - 1) / Alignment * Alignment;
        for (var i = 0; i < _free.Count; i++)
        {
            var length = _free.Values[i];
            if (length < bytes)
            {
                continue;
            }
            offset = _free.Keys[i];
            _free.RemoveAt(i);
            if (length > bytes)
            {
                _free.Add(offset + bytes, length - bytes);
            }
            _allocated.Add(offset, bytes);
            for (var at = FirstGranule(offset); at < offset + bytes; at += RegionLayout.Granule)
            {
                if (!_granuleUses.TryGetValue(at, out var uses))
                {
                    Extend(newGranules, at);
                }
                _granuleUses[at] = uses + 1;
            }
            return true;
        }
        return false;
    }

    /// <summary>The size of an allocation, rounded up; 0 when there is none at the offset.</summary>
    internal ulong SizeOf(ulong offset) => _allocated.GetValueOrDefault(offset);

    /// <summary>Gives a range back.</summary>
    /// <param name="offset">What <see cref="TryAllocate"/> gave.</param>
    /// <returns>Runs of granules (offset, bytes) that nothing lies in any more.</returns>
    internal List<(ulong Offset, ulong Bytes)> Free(ulong offset)
    {
        if (!_allocated.Remove(offset, out var bytes))
        {
            throw new InvalidOperationException("nothing is allocated there");
        }
        List<(ulong Offset, ulong Bytes)> released = [];
        for (var at = FirstGranule(offset); at < offset + bytes; at += RegionLayout.Granule)
        {
            if (--_granuleUses[at] == 0)
            {
                _granuleUses.Remove(at);
                Extend(released, at);
            }
        }

        var (start, end) = (offset, offset + bytes);
        if (_free.Remove(end, out var after))
        {
            end += after;
        }
        var index = IndexBelow(start);
        if (index >= 0 && _free.Keys[index] + _free.Values[index] == start)
        {
            start = _free.Keys[index];
            _free.RemoveAt(index);
        }
        _free.Add(start, end - start);
        return released;
    }

    private static ulong FirstGranule(ulong offset) => offset / RegionLayout.Granule * RegionLayout.Granule;

    private static void Extend(List<(ulong Offset, ulong Bytes)> runs, ulong granule)
    {
        if (runs.Count > 0 && runs[^1].Offset + runs[^1].Bytes == granule)
        {
            runs[^1] = (runs[^1].Offset, runs[^1].Bytes + RegionLayout.Granule);
        }
        else
        {
            runs.Add((granule, RegionLayout.Granule));
        }
    }

    /// <summary>The last free range that begins below an offset, or -1.</summary>
    private int IndexBelow(ulong offset)
    {
        var (low, high) = (0, _free.Count);
        while (low < high)
        {
            var middle = (low + high) / 2;
            if (_free.Keys[middle] < offset)
            {
                low = middle + 1;
            }
            else
            {
                high = middle;
            }
        }
        return low - 1;
    }
}
