using System.Globalization;
using TensorWasm.Ptx.Diagnostics;

namespace TensorWasm.Ptx.Semantics;

/// <summary>The names of one { } scope: registers, ranges, variables, call slots, labels and branch tables.</summary>
internal sealed class Scope(Scope? parent, int capacity = 0)
{
    private readonly Dictionary<string, object> _symbols = new(capacity, StringComparer.Ordinal);
    private readonly Dictionary<string, RegisterRange>.AlternateLookup<ReadOnlySpan<char>> _ranges =
        new Dictionary<string, RegisterRange>(StringComparer.Ordinal).GetAlternateLookup<ReadOnlySpan<char>>();

    /// <summary>A bit for each length that a prefix in <see cref="_ranges"/> has; the highest for all long ones.</summary>
    private ulong _prefixLengths;

    public void Declare(string name, object symbol)
    {
        if (!_symbols.TryAdd(name, symbol) || (symbol is not RegisterRange && FindInRanges(name) is not null))
        {
            throw new BindFailure(PtxDiagnosticId.DuplicateSymbol, $"'{name}' is declared twice in this scope");
        }
    }

    public void DeclareRange(string prefix, RegisterRange range)
    {
        if (_ranges.TryGetValue(prefix, out _))
        {
            throw new BindFailure(PtxDiagnosticId.DuplicateSymbol, $"'{prefix}<>' is declared twice in this scope");
        }

        _ranges[prefix] = range;
        _prefixLengths |= LengthBit(prefix.Length);
    }

    /// <summary>Finds a name here or in an enclosing scope; a register of a range is found as its declaration.</summary>
    public (Scope Scope, object Symbol)? Find(string name)
    {
        for (Scope? scope = this; scope is not null; scope = scope.Parent)
        {
            if (scope._symbols.TryGetValue(name, out object? symbol))
            {
                return (scope, symbol);
            }

            if (scope.FindInRanges(name) is { } declared)
            {
                return (scope, declared);
            }
        }

        return null;
    }

    public Scope? Parent { get; } = parent;

    /// <summary>Remembers the register that a name stands for.</summary>
    public void Replace(string name, object symbol) => _symbols[name] = symbol;

    private static ulong LengthBit(int length) => 1UL << Math.Min(length, 63);

    private DeclaredRegister? FindInRanges(string name)
    {
        int split = name.Length;
        while (split > 1 && char.IsAsciiDigit(name[split - 1]))
        {
            split--;
            // %r<5> declares %r0 to %r4, without leading zeroes.
            bool canonical = name[split] != '0' || split == name.Length - 1;
            if (canonical && (_prefixLengths & LengthBit(split)) != 0 && _ranges.TryGetValue(name.AsSpan(0, split), out RegisterRange? range)
                && long.TryParse(name.AsSpan(split), NumberStyles.None, CultureInfo.InvariantCulture, out long index)
                && index < range.Count)
            {
                return range.Declared;
            }
        }

        return null;
    }
}
