using System.Globalization;

namespace TensorWasm.Wasm.Text;

/// <summary>
/// How the definitions of one index space are written and named. Of two that share a name, the first has the
/// identifier; the other keeps its name in an annotation and goes by its index.
/// </summary>
internal sealed class IdentifierTable
{
    private readonly Dictionary<string, int> _owners = [];
    private readonly Dictionary<int, string>? _names;

    /// <summary>The identifiers of an index space.</summary>
    /// <param name="names">Names by index; null if there are none.</param>
    /// <param name="count">How many definitions there are: names of others are of no use.</param>
    public IdentifierTable(Dictionary<int, string>? names, int count)
    {
        _names = names;
        if (names is null) return;
        foreach (var (index, name) in names.OrderBy(pair => pair.Key))
        {
            if (index < count && name.Length > 0) _owners.TryAdd(name, index);
        }
    }

    /// <summary>Whether this definition has a name at all.</summary>
    public bool IsNamed(int index) => _names is not null && _names.ContainsKey(index);

    /// <summary>The definition as others refer to it.</summary>
    public string this[uint index] =>
        index < int.MaxValue && Identifier((int)index) is { } id ? id : index.ToString(CultureInfo.InvariantCulture);

    /// <summary>
    /// What stands behind the keyword of the definition, with a space before it: its identifier and name.
    /// </summary>
    public string Declare(int index, bool showIndex = true)
    {
        if (Identifier(index) is { } id) return " " + id;
        var number = showIndex ? $" (;{index.ToString(CultureInfo.InvariantCulture)};)" : "";
        return _names is not null && _names.TryGetValue(index, out var name)
            ? $"{number} (@name {Quoting.String(name)})"
            : number;
    }

    private string? Identifier(int index)
    {
        if (_names is null || !_names.TryGetValue(index, out var name)) return null;
        return _owners.TryGetValue(name, out var owner) && owner == index ? Quoting.Identifier(name) : null;
    }
}
