using System.Diagnostics.CodeAnalysis;

namespace TensorWasm.Wasi;

/// <summary>A guest's descriptors by number. A new one takes the lowest free one, as POSIX programs expect.</summary>
internal sealed class DescriptorTable(int limit)
{
    private readonly Lock _lock = new();
    private Descriptor?[] _slots = new Descriptor?[8];
    private int _firstFree;
    private int _count;

    /// <summary>Whether one more fits; asked before a file is created, so that a refusal changes nothing.</summary>
    public bool HasRoom
    {
        get
        {
            lock (_lock)
                return _count < limit;
        }
    }

    public bool TryGet(uint number, [NotNullWhen(true)] out Descriptor? descriptor)
    {
        lock (_lock)
        {
            descriptor = number < (uint)_slots.Length ? _slots[number] : null;
            return descriptor is not null;
        }
    }

    /// <summary>Adds a descriptor; false at the limit.</summary>
    public bool TryAdd(Descriptor descriptor, out uint number)
    {
        lock (_lock)
        {
            number = 0;
            if (_count >= limit)
                return false;
            while (_firstFree < _slots.Length && _slots[_firstFree] is not null)
                _firstFree++;
            if (_firstFree == _slots.Length)
                Array.Resize(ref _slots, _slots.Length * 2);
            number = (uint)_firstFree;
            _slots[_firstFree++] = descriptor;
            _count++;
            return true;
        }
    }

    /// <summary>Takes a descriptor out; the caller closes it.</summary>
    public bool TryRemove(uint number, [NotNullWhen(true)] out Descriptor? descriptor)
    {
        lock (_lock)
        {
            descriptor = number < (uint)_slots.Length ? _slots[number] : null;
            if (descriptor is null)
                return false;
            _slots[number] = null;
            _firstFree = Math.Min(_firstFree, (int)number);
            _count--;
            return true;
        }
    }

    /// <summary>
    /// Moves a descriptor to the number of another, which the caller closes. False where either is not open.
    /// </summary>
    public bool TryRenumber(uint from, uint to, out Descriptor? replaced)
    {
        lock (_lock)
        {
            replaced = null;
            if (from >= (uint)_slots.Length || to >= (uint)_slots.Length ||
                _slots[from] is not { } moved || _slots[to] is not { } target)
            {
                return false;
            }

            if (from == to)
                return true;
            replaced = target;
            _slots[to] = moved;
            _slots[from] = null;
            _firstFree = Math.Min(_firstFree, (int)from);
            _count--;
            return true;
        }
    }

    /// <summary>Empties the table for good.</summary>
    public IReadOnlyList<Descriptor> Drain()
    {
        lock (_lock)
        {
            List<Descriptor> all = [.. _slots.OfType<Descriptor>()];
            _slots = [];
            _firstFree = 0;
            _count = int.MaxValue;
            return all;
        }
    }
}
