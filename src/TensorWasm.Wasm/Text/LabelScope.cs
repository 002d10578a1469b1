namespace TensorWasm.Wasm.Text;

/// <summary>The labels in scope; an inner one hides an outer one of the same identifier.</summary>
internal sealed class LabelScope
{
    private readonly List<(string? Id, int Hidden)> _labels = [];
    private readonly Dictionary<string, int> _innermost = [];

    public int Count => _labels.Count;

    public void Clear()
    {
        _labels.Clear();
        _innermost.Clear();
    }

    public void Push(string? id)
    {
        var hidden = -1;
        if (id is not null)
        {
            hidden = _innermost.GetValueOrDefault(id, -1);
            _innermost[id] = _labels.Count;
        }
        _labels.Add((id, hidden));
    }

    public void Pop()
    {
        var (id, hidden) = _labels[^1];
        _labels.RemoveAt(_labels.Count - 1);
        if (id is null) return;
        if (hidden >= 0) _innermost[id] = hidden;
        else _innermost.Remove(id);
    }

    /// <summary>The depth of a label, as a number or as an identifier.</summary>
    public uint Resolve(TokenReader reader)
    {
        if (reader.Kind != TokenKind.Identifier) return reader.U32();
        var token = reader.Advance();
        var id = reader.IdentifierName(token);
        return _innermost.TryGetValue(id, out var position)
            ? (uint)(_labels.Count - 1 - position)
            : throw reader.Source.Error($"unknown label ${id}", token.Start);
    }

    /// <summary>
    /// The identifier that means the label of this depth; null if it has none, or an inner one hides it.
    /// </summary>
    public string? IdentifierAt(uint depth)
    {
        if (depth >= (uint)_labels.Count) return null;
        var position = _labels.Count - 1 - (int)depth;
        return _labels[position].Id is { } id && _innermost[id] == position ? id : null;
    }
}
