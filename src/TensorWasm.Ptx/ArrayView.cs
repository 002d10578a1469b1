using System.Collections;

namespace TensorWasm.Ptx;

/// <summary>
/// A part of an array that is not to be changed. Passes go over code and graphs all the time: unlike a list behind an
/// interface, it is read without a call and enumerated without an allocation.
/// </summary>
/// <typeparam name="T">The type of the items.</typeparam>
public readonly struct ArrayView<T> : IReadOnlyList<T>, IEquatable<ArrayView<T>>
{
    private readonly T[]? _items;
    private readonly int _start;

    internal ArrayView(T[] items)
        : this(items, 0, items.Length)
    {
    }

    internal ArrayView(T[] items, int start, int count)
    {
        _items = items;
        _start = start;
        Count = count;
    }

    /// <summary>Number of items.</summary>
    public int Count { get; }

    /// <summary>The items.</summary>
    public ReadOnlySpan<T> Span => new(_items, _start, Count);

    /// <summary>One item.</summary>
    /// <param name="index">Its index, from 0.</param>
    /// <exception cref="IndexOutOfRangeException">The index is not below <see cref="Count"/>.</exception>
    public T this[int index] => Span[index];

    /// <summary>Whether two views show the same part of one array.</summary>
    /// <param name="left">One view.</param>
    /// <param name="right">The other.</param>
    /// <returns>True when they do.</returns>
    public static bool operator ==(ArrayView<T> left, ArrayView<T> right) => left.Equals(right);

    /// <summary>Whether two views show different parts, or parts of different arrays.</summary>
    /// <param name="left">One view.</param>
    /// <param name="right">The other.</param>
    /// <returns>True when they do.</returns>
    public static bool operator !=(ArrayView<T> left, ArrayView<T> right) => !left.Equals(right);

    /// <summary>Goes over the items.</summary>
    /// <returns>An enumerator.</returns>
    public Enumerator GetEnumerator() => new(_items, _start, Count);

    /// <inheritdoc/>
    public bool Equals(ArrayView<T> other) => _items == other._items && _start == other._start && Count == other.Count;

    /// <inheritdoc/>
    public override bool Equals(object? obj) => obj is ArrayView<T> other && Equals(other);

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(_items, _start, Count);

    IEnumerator<T> IEnumerable<T>.GetEnumerator() => new ArraySegment<T>(_items ?? [], _start, Count).GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => ((IEnumerable<T>)this).GetEnumerator();

    /// <summary>Goes over the items of a view.</summary>
    public struct Enumerator
    {
        private readonly T[]? _items;
        private readonly int _end;
        private int _at;

        internal Enumerator(T[]? items, int start, int count)
        {
            _items = items;
            _at = start - 1;
            _end = start + count;
        }

        /// <summary>The item that was reached.</summary>
        public readonly T Current => _items![_at];

        /// <summary>Goes on to the next item.</summary>
        /// <returns>False behind the last one.</returns>
        public bool MoveNext() => ++_at < _end;
    }
}
