using System.Numerics;

namespace TensorWasm.Ptx.Syntax;

/// <summary>Keeps one string of each text: PTX repeats few names often. A hash table with open addressing.</summary>
/// <param name="length">Length of the whole text, by which it has about enough room.</param>
internal sealed class TextPool(int length)
{
    private (int Hash, string? Text)[] _slots = new (int, string?)[BitOperations.RoundUpToPowerOf2((uint)(length / 16) + 16)];
    private int _count;

    public string Get(ReadOnlySpan<char> text)
    {
        // Seeded for each process, so that no text can make all names meet in one place.
        int hash = string.GetHashCode(text);
        int at = hash & (_slots.Length - 1);
        while (_slots[at].Text is { } found)
        {
            if (_slots[at].Hash == hash && text.SequenceEqual(found))
            {
                return found;
            }

            at = (at + 1) & (_slots.Length - 1);
        }

        string added = text.ToString();
        _slots[at] = (hash, added);
        if (++_count * 2 > _slots.Length)
        {
            Grow();
        }

        return added;
    }

    private void Grow()
    {
        (int Hash, string? Text)[] old = _slots;
        _slots = new (int, string?)[old.Length * 2];
        foreach ((int hash, string? text) in old)
        {
            if (text is not null)
            {
                int at = hash & (_slots.Length - 1);
                while (_slots[at].Text is not null)
                {
                    at = (at + 1) & (_slots.Length - 1);
                }

                _slots[at] = (hash, text);
            }
        }
    }
}
