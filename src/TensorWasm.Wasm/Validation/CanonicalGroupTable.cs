using System.Runtime.InteropServices;

namespace TensorWasm.Wasm;

/// <summary>
/// The recursion groups in use in this process, by structure. Groups are held weakly, so that a stream of modules with
/// ever new types leaves nothing behind. All members may be called from any thread.
/// </summary>
internal sealed class CanonicalGroupTable
{
    private const int MinimumCapacity = 1024;

    private readonly Lock _lock = new();
    private Entry[] _entries = new Entry[MinimumCapacity];
    private int[] _buckets = new int[MinimumCapacity];
    private int _count;

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
            if (_count == _entries.Length) SweepLocked();
            Link(new Entry { Hash = hash, Group = new WeakGCHandle<CanonicalGroup>(group) });
            return group;
        }
    }

    private CanonicalGroup? FindLocked(uint hash, ReadOnlySpan<ulong> key)
    {
        // Buckets and links count from 1, so that a new array is one of empty buckets.
        for (var i = _buckets[hash & (uint)(_buckets.Length - 1)]; i != 0; i = _entries[i - 1].Next)
        {
            ref readonly var entry = ref _entries[i - 1];
            if (entry.Hash == hash && entry.Group.TryGetTarget(out var group) && key.SequenceEqual(group.Key)) return group;
        }
        return null;
    }

    private void Link(Entry entry)
    {
        ref var bucket = ref _buckets[entry.Hash & (uint)(_buckets.Length - 1)];
        entry.Next = bucket;
        _entries[_count++] = entry;
        bucket = _count;
    }

    // Called when the table is full. Making it twice as large as what is alive keeps the cost of an entry constant.
    private void SweepLocked()
    {
        var old = _entries;
        var alive = 0;
        foreach (ref var entry in old.AsSpan())
        {
            if (entry.Group.TryGetTarget(out _))
            {
                old[alive++] = entry;
            }
            else
            {
                entry.Group.Dispose();
            }
        }
        var capacity = Math.Max(MinimumCapacity, (int)System.Numerics.BitOperations.RoundUpToPowerOf2((uint)alive * 2));
        _entries = new Entry[capacity];
        _buckets = new int[capacity];
        _count = 0;
        foreach (var entry in old.AsSpan(0, alive)) Link(entry);
    }

    // HashCode is seeded anew in each process, so that nobody can prepare modules whose groups collide.
    private static uint HashOf(ReadOnlySpan<ulong> key)
    {
        var hash = default(HashCode);
        hash.AddBytes(MemoryMarshal.AsBytes(key));
        return (uint)hash.ToHashCode();
    }

    private struct Entry
    {
        internal uint Hash;
        internal int Next;
        internal WeakGCHandle<CanonicalGroup> Group;
    }
}
