using System.Buffers;
using System.Globalization;

namespace TensorWasm.Ptx.Syntax;

/// <summary>Text being printed, in a pooled array: printed modules are too large to be copied together from pieces.</summary>
/// <param name="capacity">About how many characters there will be.</param>
internal sealed class TextBuffer(int capacity = TextBuffer.Short) : IDisposable
{
    private const int Short = 256;

    /// <summary>Room for the longest number.</summary>
    private const int MaxDigits = 20;

    private char[] _chars = ArrayPool<char>.Shared.Rent(capacity);
    private int _length;

    public TextBuffer Append(char c)
    {
        if (_length == _chars.Length)
        {
            Grow(1);
        }

        _chars[_length++] = c;
        return this;
    }

    public TextBuffer Append(ReadOnlySpan<char> text)
    {
        if (text.Length > _chars.Length - _length)
        {
            Grow(text.Length);
        }

        text.CopyTo(_chars.AsSpan(_length));
        _length += text.Length;
        return this;
    }

    public TextBuffer Append(long value)
    {
        Reserve(MaxDigits);
        value.TryFormat(_chars.AsSpan(_length), out int written, provider: CultureInfo.InvariantCulture);
        _length += written;
        return this;
    }

    public TextBuffer Append(ulong value, ReadOnlySpan<char> format = default)
    {
        Reserve(MaxDigits);
        value.TryFormat(_chars.AsSpan(_length), out int written, format, CultureInfo.InvariantCulture);
        _length += written;
        return this;
    }

    public TextBuffer AppendJoin(string separator, IReadOnlyList<string> texts)
    {
        for (int i = 0; i < texts.Count; i++)
        {
            Append(i == 0 ? "" : separator).Append(texts[i]);
        }

        return this;
    }

    public TextBuffer AppendJoin(string separator, IReadOnlyList<long> numbers)
    {
        for (int i = 0; i < numbers.Count; i++)
        {
            Append(i == 0 ? "" : separator).Append(numbers[i]);
        }

        return this;
    }

    /// <summary>Takes the last character away.</summary>
    public void RemoveLast() => _length--;

    public void Dispose()
    {
        ArrayPool<char>.Shared.Return(_chars);
        _chars = [];
        _length = 0;
    }

    /// <inheritdoc/>
    public override string ToString() => new(_chars, 0, _length);

    private void Reserve(int count)
    {
        if (count > _chars.Length - _length)
        {
            Grow(count);
        }
    }

    private void Grow(int count)
    {
        char[] larger = ArrayPool<char>.Shared.Rent(checked(Math.Max(_length + count, _chars.Length * 2)));
        _chars.AsSpan(0, _length).CopyTo(larger);
        ArrayPool<char>.Shared.Return(_chars);
        _chars = larger;
    }
}
