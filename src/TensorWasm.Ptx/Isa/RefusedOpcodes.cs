namespace TensorWasm.Ptx.Isa;

/// <summary>Why known opcodes and directives are refused; the data is in <c>refused.txt</c>.</summary>
internal static class RefusedOpcodes
{
    private static readonly Dictionary<string, string>.AlternateLookup<ReadOnlySpan<char>> Reasons = Load();

    /// <summary>The reason for the longest listed prefix of the opcode at a suffix boundary, or null.</summary>
    public static string? Reason(ReadOnlySpan<char> opcode)
    {
        ReadOnlySpan<char> prefix = opcode;
        while (prefix.Length > 0)
        {
            if (Reasons.TryGetValue(prefix, out string? reason))
            {
                return reason;
            }

            prefix = prefix[..Math.Max(prefix.LastIndexOf('.'), 0)];
        }

        return null;
    }

    private static Dictionary<string, string>.AlternateLookup<ReadOnlySpan<char>> Load()
    {
        var reasons = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (string line in IsaData.Lines("refused.txt"))
        {
            int bar = line.IndexOf('|', StringComparison.Ordinal);
            string reason = line[(bar + 1)..].Trim();
            foreach (string opcode in line[..bar].Split(' ', StringSplitOptions.RemoveEmptyEntries))
            {
                reasons.Add(opcode, reason);
            }
        }

        return reasons.GetAlternateLookup<ReadOnlySpan<char>>();
    }
}
