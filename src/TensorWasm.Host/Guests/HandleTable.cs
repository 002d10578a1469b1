using System.Diagnostics.CodeAnalysis;

namespace TensorWasm.Host;

/// <summary>
/// Objects of a guest by handle: a slot's number plus one, and above it how often the slot was used, so that the handle
/// of a freed object does not soon name another one. Handles are positive.
/// </summary>
/// <param name="capacity">Objects at one time.</param>
internal sealed class HandleTable<T>(int capacity)
    where T : class
{
    private const int IndexBits = 13;
    private const int IndexMask = (1 << IndexBits) - 1;
    private const int GenerationMask = (1 << (31 - IndexBits)) - 1;

    private readonly Stack<int> _free = [];
    private T?[] _items = [];
    private int[] _generations = [];
    private int _used;

    internal int Count => _used - _free.Count;

    internal bool IsFull => Count == capacity;

    /// <summary>The objects, in the order of their slots.</summary>
    internal IEnumerable<T> Items => _items.OfType<T>();

    /// <summary>Adds an object; there must be room.</summary>
    /// <returns>Its handle.</returns>
    internal int Add(T item)
    {
        if (!_free.TryPop(out var index))
        {
            index = _used++;
            if (index >= capacity || index >= IndexMask)
            {
                throw new InvalidOperationException("the table is full");
            }
            if (index == _items.Length)
            {
                Array.Resize(ref _items, Math.Max(8, index * 2));
                Array.Resize(ref _generations, _items.Length);
            }
        }
        _items[index] = item;
        return Handle(index);
    }

    /// <summary>Finds an object.</summary>
    internal bool TryGet(long handle, [NotNullWhen(true)] out T? item)
    {
        var index = (int)(handle & IndexMask) - 1;
        item = (uint)index < (uint)_used && Handle(index) == handle ? _items[index] : null;
        return item is not null;
    }

    /// <summary>Takes an object out.</summary>
    internal bool TryRemove(long handle, [NotNullWhen(true)] out T? item)
    {
        if (!TryGet(handle, out item))
        {
            return false;
        }
        var index = (int)(handle & IndexMask) - 1;
        _items[index] = null;
        _generations[index] = (_generations[index] + 1) & GenerationMask;
        _free.Push(index);
        return true;
    }

    /// <summary>Forgets all objects. Their handles stay invalid.</summary>
    internal void Clear()
    {
        for (var index = 0; index < _used; index++)
        {
            if (_items[index] is not null)
            {
                TryRemove(Handle(index), out _);
            }
        }
    }

    private int Handle(int index) => (_generations[index] << IndexBits) | (index + 1);
}
