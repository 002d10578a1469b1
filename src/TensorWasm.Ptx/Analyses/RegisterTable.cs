using TensorWasm.Ptx.Ir;

namespace TensorWasm.Ptx.Analyses;

/// <summary>
/// A value for each register of a kernel, kept for those only that are asked for: analyses are asked for addresses, and
/// what leads to them is a small part of the code.
/// </summary>
/// <param name="registers">Number of registers; younger ones are not covered.</param>
internal sealed class RegisterTable<T>(int registers)
{
    /// <summary>Values of one array: values stay where they are, and no array is copied to a larger one.</summary>
    private const int ChunkLength = 32;

    /// <summary>Index of each register's value plus one; 0 where it was not asked for.</summary>
    private readonly int[] _slots = new int[registers];
    private readonly List<T[]> _chunks = [];
    private int _count;

    /// <summary>Whether a register was there when the table was made.</summary>
    public bool Covers(Register register) => register.Id < _slots.Length;

    /// <summary>Whether a register was asked for before.</summary>
    public bool Has(Register register) => Covers(register) && _slots[register.Id] != 0;

    /// <summary>A register's value, at first the default.</summary>
    public ref T this[Register register]
    {
        get
        {
            ref int slot = ref _slots[register.Id];
            if (slot == 0)
            {
                if (_count == _chunks.Count * ChunkLength)
                {
                    _chunks.Add(new T[ChunkLength]);
                }

                slot = ++_count;
            }

            return ref _chunks[(slot - 1) / ChunkLength][(slot - 1) % ChunkLength];
        }
    }
}
