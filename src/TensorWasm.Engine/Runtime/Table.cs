using System.ComponentModel;
using TensorWasm.Wasm;

namespace TensorWasm.Engine;

/// <summary>A table of references (specification, section 4.2.8).</summary>
public sealed class Table : IExternal
{
    /// <summary>
    /// The elements of a table of functions, for compiled code. In place of null stands <see cref="Function.Null"/>, whose
    /// type matches none, so that an indirect call needs no check for null of its own.
    /// </summary>
    [EditorBrowsable(EditorBrowsableState.Never)]
    public Function[] Functions = [];

    private readonly bool _holdsFunctions;
    private readonly ulong _maximum;
    private object?[] _references = [];

    /// <summary>A table of a host, to be imported.</summary>
    /// <param name="type">Its type; the element type must be abstract.</param>
    /// <param name="initial">What its elements are at first.</param>
    public Table(TableType type, object? initial = null)
        : this(type, new ResolvedType(type.Element, null), initial, null)
    {
    }

    internal Table(TableType type, ResolvedType element, object? initial, Store? store)
    {
        Type = type;
        Element = element;
        Store = store;
        _holdsFunctions = Values.MayBeFunction(element);
        _maximum = Math.Min(type.Limits.Maximum ?? ulong.MaxValue, store?.Limits.MaxTableElements ?? StoreLimits.Default.MaxTableElements);
        if (type.Limits.Minimum > _maximum)
        {
            throw new LimitExceededException(
                $"the table needs {type.Limits.Minimum} elements, but this store allows {_maximum} (StoreLimits.MaxTableElements)");
        }
        if (store is null) CheckValue(initial);
        Resize((int)type.Limits.Minimum, initial);
    }

    /// <inheritdoc/>
    public ExternalKind Kind => ExternalKind.Table;

    /// <summary>Its type as it was declared; <see cref="Size"/> has the present size.</summary>
    public TableType Type { get; }

    /// <summary>The number of elements.</summary>
    public int Size => _holdsFunctions ? Functions.Length : _references.Length;

    internal ResolvedType Element { get; }

    /// <summary>
    /// The store that it belongs to. A host's table of functions belongs to the first store whose guests have it.
    /// </summary>
    internal Store? Store { get; private set; }

    /// <summary>Called when a store's instance imports it.</summary>
    internal void BindTo(Store store)
    {
        if (_holdsFunctions) Store ??= store;
    }

    /// <summary>An element.</summary>
    /// <exception cref="TrapException">The index is beyond the end.</exception>
    /// <exception cref="ArgumentException">The value is not of the table's type, or a function of another store.</exception>
    public object? this[int index]
    {
        get => Get((ulong)(uint)index);
        set
        {
            CheckValue(value);
            Set((ulong)(uint)index, value);
        }
    }

    /// <summary>Grows the table.</summary>
    /// <param name="delta">By how many elements.</param>
    /// <param name="value">What the new elements are.</param>
    /// <returns>The size before, or -1 when it can't grow by so much.</returns>
    /// <exception cref="ArgumentException">The value is not of the table's type, or a function of another store.</exception>
    public long Grow(ulong delta, object? value)
    {
        CheckValue(value);
        return GrowUnchecked(delta, value);
    }

    internal long GrowUnchecked(ulong delta, object? value)
    {
        var size = Size;
        if (delta > _maximum || (ulong)size + delta > _maximum || (ulong)size + delta > (ulong)Array.MaxLength) return -1;
        try
        {
            Resize(size + (int)delta, value);
        }
        catch (OutOfMemoryException)
        {
            return -1;
        }
        return size;
    }

    internal object? Get(ulong index)
    {
        if (index >= (ulong)Size) throw new TrapException(TrapCode.TableOutOfBounds);
        if (!_holdsFunctions) return _references[index];
        var function = Functions[index];
        return ReferenceEquals(function, Function.Null) ? null : function;
    }

    internal void Set(ulong index, object? value)
    {
        if (index >= (ulong)Size) throw new TrapException(TrapCode.TableOutOfBounds);
        if (_holdsFunctions) Functions[index] = Unwrap(value);
        else _references[index] = value;
    }

    internal void Fill(ulong start, object? value, ulong count)
    {
        CheckRange(start, count);
        if (_holdsFunctions) Functions.AsSpan((int)start, (int)count).Fill(Unwrap(value));
        else _references.AsSpan((int)start, (int)count).Fill(value);
    }

    internal void CopyFrom(Table source, ulong destinationStart, ulong sourceStart, ulong count)
    {
        source.CheckRange(sourceStart, count);
        CheckRange(destinationStart, count);
        if (_holdsFunctions) Array.Copy(source.Functions, (int)sourceStart, Functions, (int)destinationStart, (int)count);
        else Array.Copy(source._references, (int)sourceStart, _references, (int)destinationStart, (int)count);
    }

    internal void Init(ReadOnlySpan<object?> elements, ulong destinationStart, ulong sourceStart, ulong count)
    {
        if (sourceStart > (ulong)elements.Length || count > (ulong)elements.Length - sourceStart)
        {
            throw new TrapException(TrapCode.TableOutOfBounds);
        }
        CheckRange(destinationStart, count);
        for (var i = 0; i < (int)count; i++) Set(destinationStart + (ulong)i, elements[(int)sourceStart + i]);
    }

    private void CheckValue(object? value)
    {
        Values.Check(value, Element);
        Values.CheckStore(value, Store);
        if (value is Function { Home: { } home }) BindTo(home);
    }

    private static Function Unwrap(object? value) => (Function?)value ?? Function.Null;

    private void CheckRange(ulong start, ulong count)
    {
        if (start > (ulong)Size || count > (ulong)Size - start) throw new TrapException(TrapCode.TableOutOfBounds);
    }

    private void Resize(int size, object? value)
    {
        var old = Size;
        if (_holdsFunctions)
        {
            var grown = new Function[size];
            Functions.CopyTo(grown, 0);
            grown.AsSpan(old).Fill(Unwrap(value));
            Functions = grown;
        }
        else
        {
            var grown = new object?[size];
            _references.CopyTo(grown, 0);
            if (value is not null) grown.AsSpan(old).Fill(value);
            _references = grown;
        }
    }
}
