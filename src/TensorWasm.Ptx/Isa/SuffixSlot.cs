namespace TensorWasm.Ptx.Isa;

/// <summary>One suffix position of an instruction form.</summary>
internal sealed record SuffixSlot(string? Name, string[] Alternatives, bool IsOptional)
{
    public static SuffixSlot Parse(string cell, IReadOnlyDictionary<string, string> macros)
    {
        bool optional = cell.EndsWith('?');
        string body = optional ? cell[..^1] : cell;
        int equals = body.IndexOf('=', StringComparison.Ordinal);
        string? name = equals < 0 ? null : body[..equals];
        IEnumerable<string> alternatives = body[(equals + 1)..].Split('/')
            .SelectMany(word => word.StartsWith('$') ? macros[word].Split('/') : [word]);
        return new SuffixSlot(name, [.. alternatives], optional);
    }
}
