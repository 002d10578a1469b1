using TensorWasm.Ptx.Ir;

namespace TensorWasm.Ptx.Passes;

/// <summary>
/// A set of blocks for each register, by their indices. Blocks are added in their order; the sets are lists that share
/// one array, since almost all have one member.
/// </summary>
internal sealed class BlockSets(int registers, int capacity)
{
    /// <summary>Each register's newest item, as its index plus one, and its block; 0 where there is none.</summary>
    private readonly (int Item, int Block)[] _newest = new (int, int)[registers];
    private readonly List<(int Block, int Older)> _items = new(capacity);

    public bool HasAny(Register register) => _newest[register.Id].Item > 0;

    /// <summary>Whether a block was the last one that was added.</summary>
    public bool EndsWith(Register register, int block) => _newest[register.Id] is { Item: > 0, Block: var last } && last == block;

    public void Add(Register register, int block)
    {
        if (!EndsWith(register, block))
        {
            _items.Add((block, _newest[register.Id].Item));
            _newest[register.Id] = (_items.Count, block);
        }
    }

    /// <summary>Adds the blocks of a register to a list, the last one first.</summary>
    public void CopyTo(List<int> blocks, Register register)
    {
        for (int at = _newest[register.Id].Item; at > 0; at = _items[at - 1].Older)
        {
            blocks.Add(_items[at - 1].Block);
        }
    }
}
