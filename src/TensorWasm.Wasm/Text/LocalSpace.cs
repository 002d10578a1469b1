namespace TensorWasm.Wasm.Text;

/// <summary>The identifiers and names of a function's parameters and locals.</summary>
internal sealed class LocalSpace
{
    private Dictionary<string, int>? _indices;

    /// <summary>Names for the name section.</summary>
    public Dictionary<int, string>? Names { get; private set; }

    /// <summary>Binds the identifier or name annotation here, if there is one, to <paramref name="index"/>.</summary>
    public bool TryBind(TokenReader reader, int index)
    {
        if (reader.Kind != TokenKind.Identifier)
        {
            if (Annotations.NameBefore(reader) is not { } name) return false;
            (Names ??= [])[index] = name;
            return true;
        }
        var token = reader.Current;
        var id = reader.TryIdentifier()!;
        if (!(_indices ??= []).TryAdd(id, index)) throw reader.Source.Error($"duplicate local ${id}", token.Start);
        (Names ??= [])[index] = Annotations.NameBefore(reader) ?? id;
        return true;
    }

    /// <summary>A local's index, as a number or as an identifier.</summary>
    public uint Resolve(TokenReader reader)
    {
        if (reader.Kind != TokenKind.Identifier) return reader.U32();
        var token = reader.Advance();
        var id = reader.IdentifierName(token);
        return _indices is not null && _indices.TryGetValue(id, out var index)
            ? (uint)index
            : throw reader.Source.Error($"unknown local ${id}", token.Start);
    }
}
