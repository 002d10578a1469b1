namespace TensorWasm.Wasm;

/// <summary>
/// The recursion groups in use in this process, by structure. Groups are held weakly, so that a stream of modules with
/// ever new types leaves nothing behind. All members may be called from any thread.
/// </summary>
internal sealed class CanonicalGroupTable
{
    private const int MinimumBeforeSweep = 1024;

    private readonly Lock _lock = new();
    private readonly Dictionary<int, List<WeakReference<CanonicalGroup>>> _byHash = [];
    private int _count;
    private int _sweepAt = MinimumBeforeSweep;

    /// <summary>Entries, dead ones that were not swept yet among them.</summary>
    internal int Count
    {
        get
        {
            lock (_lock) return _count;
        }
    }

    /// <summary>The group with this structure, if one is in use.</summary>
    internal CanonicalGroup? Find(ReadOnlySpan<ulong> key)
    {
        var hash = HashOf(key);
        lock (_lock) return FindLocked(hash, key);
    }

    /// <summary>Enters a group, unless another thread entered an equal one first; the one in the table comes back.</summary>
    internal CanonicalGroup Add(CanonicalGroup group)
    {
        var hash = HashOf(group.Key);
        lock (_lock)
        {
            if (FindLocked(hash, group.Key) is { } found) return found;
            if (_count >= _sweepAt) SweepLocked();
            if (!_byHash.TryGetValue(hash, out var chain)) _byHash.Add(hash, chain = new(1));
            chain.Add(new WeakReference<CanonicalGroup>(group));
            _count++;
            return group;
        }
    }

    private CanonicalGroup? FindLocked(int hash, ReadOnlySpan<ulong> key)
    {
        if (!_byHash.TryGetValue(hash, out var chain)) return null;
        foreach (var entry in chain)
        {
            if (entry.TryGetTarget(out var group) && key.SequenceEqual(group.Key)) return group;
        }
        return null;
    }

    // Sweeping only when the table has doubled since the last sweep keeps the cost of an entry constant.
    private void SweepLocked()
    {
        foreach (var (hash, chain) in _byHash)
        {
            _count -= chain.RemoveAll(entry => !entry.TryGetTarget(out _));
            if (chain.Count == 0) _byHash.Remove(hash);
        }
        _sweepAt = Math.Max(MinimumBeforeSweep, 2 * _count);
    }

    // HashCode is seeded anew in each process, so that nobody can prepare modules whose groups collide.
    private static int HashOf(ReadOnlySpan<ulong> key)
    {
        var hash = default(HashCode);
        hash.AddBytes(System.Runtime.InteropServices.MemoryMarshal.AsBytes(key));
        return hash.ToHashCode();
    }
}
