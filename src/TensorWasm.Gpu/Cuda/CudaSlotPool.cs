namespace TensorWasm.Gpu;

/// <summary>
/// Slots that no region uses. They stay reserved with the driver, and some stay backed by scratch, so that the next
/// region is mapped in a fraction of the time.
/// </summary>
internal sealed class CudaSlotPool(CudaDevice device)
{
    /// <summary>Slots that are kept backed: 256 of the default size take 64 MiB of the device for page tables.</summary>
    private const int MaxBacked = 256;

    private readonly Lock _lock = new();
    private readonly Dictionary<(int Bits, bool IsBacked), Stack<CudaSlot>> _slots = [];
    private int _backed;

    internal CudaSlot Rent(int bits)
    {
        lock (_lock)
        {
            if (_slots.TryGetValue((bits, true), out var backed) && backed.TryPop(out var ready))
            {
                _backed--;
                return ready;
            }
            if (_slots.TryGetValue((bits, false), out var bare) && bare.TryPop(out var slot))
            {
                return slot;
            }
        }
        return CudaSlot.Reserve(device, bits);
    }

    /// <summary>Takes a slot back in which nothing but scratch lies.</summary>
    internal void Return(CudaSlot slot)
    {
        lock (_lock)
        {
            if (slot.IsWhole && _backed < MaxBacked)
            {
                _backed++;
            }
            else if (!slot.TryClear())
            {
                return; // its addresses are lost
            }
            var key = (slot.Bits, slot.IsWhole);
            if (!_slots.TryGetValue(key, out var slots))
            {
                _slots.Add(key, slots = []);
            }
            slots.Push(slot);
        }
    }

    /// <summary>Forgets all slots, whose context is gone.</summary>
    internal void Abandon()
    {
        lock (_lock)
        {
            _slots.Clear();
            _backed = 0;
        }
    }

    /// <summary>Gives all slots back to the engine.</summary>
    internal void Clear()
    {
        lock (_lock)
        {
            foreach (var slot in _slots.Values.SelectMany(static slots => slots))
            {
                slot.Free();
            }
            _slots.Clear();
            _backed = 0;
        }
    }
}
