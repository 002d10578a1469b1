namespace TensorWasm.Wasm.Text;

/// <summary>The identifiers of one index space (section 6.1.4).</summary>
/// <param name="what">What it holds, for error messages.</param>
/// <param name="names">Where the names go that the name section shows.</param>
internal sealed class IndexSpace(string what, Dictionary<int, string> names)
{
    private readonly Dictionary<string, int> _indices = [];

    public int Count { get; private set; }

    /// <summary>Gives the next index to a definition that may start with an identifier and a name annotation.</summary>
    public int Bind(TokenReader reader)
    {
        var token = reader.Current;
        var id = reader.TryIdentifier();
        if (id is not null && !_indices.TryAdd(id, Count))
        {
            throw reader.Source.Error($"duplicate {what} ${id}", token.Start);
        }
        if ((Annotations.NameBefore(reader) ?? id) is { } name) names[Count] = name;
        return Count++;
    }

    /// <summary>Gives the next index to something that has no identifier.</summary>
    public int BindAnonymous() => Count++;

    /// <summary>An index, as a number or as an identifier.</summary>
    public uint Resolve(TokenReader reader)
    {
        if (reader.Kind != TokenKind.Identifier) return reader.U32();
        var token = reader.Advance();
        var id = reader.IdentifierName(token);
        return _indices.TryGetValue(id, out var index)
            ? (uint)index
            : throw reader.Source.Error($"unknown {what} ${id}", token.Start);
    }

    /// <summary>
    /// The same for lists of the model, whose indices are signed; what is out of reach there is invalid anyway.
    /// </summary>
    public int ResolveIndex(TokenReader reader) => (int)Math.Min(Resolve(reader), int.MaxValue);

    /// <summary>An index if there is one here, otherwise 0.</summary>
    public uint ResolveOptional(TokenReader reader) =>
        reader.Kind is TokenKind.Natural or TokenKind.Identifier ? Resolve(reader) : 0;
}
