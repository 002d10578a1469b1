using TensorWasm.Ptx.Syntax;

namespace TensorWasm.Ptx.Diagnostics;

/// <summary>Collects diagnostics up to a cap, so that hostile input cannot buy memory with mistakes.</summary>
internal sealed class DiagnosticBag(int capacity)
{
    private const int MaxQuotedLength = 120;
    private readonly List<PtxDiagnostic> _items = [];

    public IReadOnlyList<PtxDiagnostic> Items => _items;

    public bool HasErrors => _items.Count > 0;

    public bool IsFull => _items.Count >= capacity;

    public void Add(PtxDiagnosticId id, SourcePosition position, string instruction, string reason)
    {
        if (!IsFull)
        {
            _items.Add(new PtxDiagnostic(id, position, Shorten(instruction), Shorten(reason)));
        }
    }

    public void AddRange(IEnumerable<PtxDiagnostic> items)
    {
        foreach (PtxDiagnostic item in items)
        {
            if (IsFull)
            {
                return;
            }

            _items.Add(item);
        }
    }

    private static string Shorten(string text) =>
        text.Length <= MaxQuotedLength * 3 ? text : string.Concat(text.AsSpan(0, MaxQuotedLength * 3), "...");
}
