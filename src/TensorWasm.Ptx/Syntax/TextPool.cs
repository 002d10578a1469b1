using System.Numerics;

namespace TensorWasm.Ptx.Syntax;

/// <summary>Keeps one string of each text: PTX repeats few names often. A hash table with open addressing.</summary>
/// <param name="length">Length of the whole text, by which it has about enough room.</param>
internal sealed class TextPool(int length)
{
    private string?[] _slots = new string?[BitOperations.RoundUpToPowerOf2((uint)(length / 16) + 16)];
    private int _count;

    public string Get(ReadOnlySpan<char> text)
    {
        int at = Find(text);
        if (_slots[at] is { } found)
        {
            return found;
        }

        string added = text.ToString();
        _slots[at] = added;
        if (++_count * 2 > _slots.Length)
        {
            Grow();
        }

        return added;
    }

    /// <summary>The place of a text, or the empty one where it belongs.</summary>
    private int Find(ReadOnlySpan<char> text)
    {
        // Seeded for each process, so that no text can make all names meet in one place.
        int at = string.GetHashCode(text) & (_slots.Length - 1);
        while (_slots[at] is { } other && !text.SequenceEqual(other))
        {
            at = (at + 1) & (_slots.Length - 1);
        }

        return at;
    }

    private void Grow()
    {
        string?[] old = _slots;
        _slots = new string?[old.Length * 2];
        foreach (string? text in old)
        {
            if (text is not null)
            {
                _slots[Find(text)] = text;
            }
        }
    }
}
