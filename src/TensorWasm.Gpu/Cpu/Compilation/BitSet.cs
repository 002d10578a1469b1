using System.Numerics;

namespace TensorWasm.Gpu.Cpu.Compilation;

/// <summary>A set of small numbers of a size fixed at creation.</summary>
internal sealed class BitSet(int size)
{
    private readonly ulong[] _words = new ulong[(size + 63) >> 6];

    internal bool this[int index] => (_words[index >> 6] >> (index & 63) & 1) != 0;

    internal bool IsEmpty => !_words.AsSpan().ContainsAnyExcept(0UL);

    internal bool Add(int index)
    {
        ref ulong word = ref _words[index >> 6];
        ulong before = word;
        word |= 1UL << (index & 63);
        return word != before;
    }

    internal void Remove(int index) => _words[index >> 6] &= ~(1UL << (index & 63));

    internal void Clear() => Array.Clear(_words);

    internal void CopyFrom(BitSet other) => other._words.CopyTo(_words, 0);

    internal bool UnionWith(BitSet other)
    {
        bool changed = false;
        for (int i = 0; i < _words.Length; i++)
        {
            ulong merged = _words[i] | other._words[i];
            changed |= merged != _words[i];
            _words[i] = merged;
        }

        return changed;
    }

    /// <summary>The numbers in the set, ascending.</summary>
    internal IEnumerable<int> Items()
    {
        for (int i = 0; i < _words.Length; i++)
        {
            for (ulong rest = _words[i]; rest != 0; rest &= rest - 1)
            {
                yield return (i << 6) + BitOperations.TrailingZeroCount(rest);
            }
        }
    }
}
