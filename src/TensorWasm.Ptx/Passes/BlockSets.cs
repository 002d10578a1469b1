using TensorWasm.Ptx.Ir;

namespace TensorWasm.Ptx.Passes;

/// <summary>
/// A set of blocks for each register, by their indices. Blocks are added in their order; the sets are lists that share
/// one array, since almost all have one member.
/// </summary>
internal sealed class BlockSets(int registers)
{
    /// <summary>Index of each register's newest item plus one; 0 where there is none.</summary>
    private readonly int[] _newest = new int[registers];
    private readonly List<(int Block, int Older)> _items = new(registers);

    public bool HasAny(Register register) => _newest[register.Id] != 0;

    /// <summary>The block that was added last, or -1.</summary>
    public int Last(Register register) => _newest[register.Id] is var newest && newest > 0 ? _items[newest - 1].Block : -1;

    public void Add(Register register, int block)
    {
        if (Last(register) != block)
        {
            _items.Add((block, _newest[register.Id]));
            _newest[register.Id] = _items.Count;
        }
    }

    /// <summary>The blocks of a register, the last one first.</summary>
    public IEnumerable<int> Of(Register register)
    {
        for (int at = _newest[register.Id]; at > 0; at = _items[at - 1].Older)
        {
            yield return _items[at - 1].Block;
        }
    }
}
