using System.Globalization;

namespace TensorWasm.Ptx.Isa;

/// <summary>One row of the whitelist for one mnemonic.</summary>
internal sealed class InstructionForm
{
    private readonly SuffixSlot[] _slots;
    private readonly string[] _operands;

    public InstructionForm(string[] cells, IReadOnlyDictionary<string, string> macros)
    {
        _slots = [.. Words(cells[1]).Select(cell => SuffixSlot.Parse(cell, macros))];
        _operands = Words(cells[2]);
        foreach (string attribute in Words(cells[3]))
        {
            string[] parts = attribute.Split('=');
            switch (parts[0])
            {
                case "effect":
                    Effect = Enum.Parse<Effect>(parts[1], ignoreCase: true);
                    break;
                case "sm":
                    IsArchitectureSpecific = parts[1].EndsWith('a');
                    MinimumSm = int.Parse(parts[1].TrimEnd('a'), CultureInfo.InvariantCulture);
                    break;
                case "relaxed":
                    IsRelaxed = true;
                    break;
                default:
                    throw new InvalidOperationException($"The attribute {attribute} of {cells[0]} is unknown.");
            }
        }
    }

    public Effect Effect { get; }

    public int MinimumSm { get; }

    public bool IsArchitectureSpecific { get; }

    public bool IsRelaxed { get; }

    /// <summary>Matches suffixes against the slots, or returns null.</summary>
    public Dictionary<string, string>? Match(string[] suffixes)
    {
        var captures = new Dictionary<string, string>(StringComparer.Ordinal);
        return Match(suffixes, 0, 0, captures) ? captures : null;
    }

    public OperandSpec[] ResolveOperands(IReadOnlyDictionary<string, string> captures) =>
        [.. _operands.Select(cell => OperandSpecParser.Parse(cell, captures))];

    private static string[] Words(string cell) => cell.Split(' ', StringSplitOptions.RemoveEmptyEntries);

    private bool Match(string[] suffixes, int at, int slot, Dictionary<string, string> captures)
    {
        if (slot == _slots.Length)
        {
            return at == suffixes.Length;
        }

        SuffixSlot current = _slots[slot];
        if (at < suffixes.Length && current.Alternatives.Contains(suffixes[at], StringComparer.Ordinal)
            && Match(suffixes, at + 1, slot + 1, captures))
        {
            if (current.Name is { } name)
            {
                captures[name] = suffixes[at];
            }

            return true;
        }

        return current.IsOptional && Match(suffixes, at, slot + 1, captures);
    }
}
