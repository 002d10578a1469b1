using System.Collections.Concurrent;

namespace TensorWasm.Ptx.Isa;

/// <summary>The whitelist, by mnemonic. Resolved opcodes are cached, since modules repeat few of them often.</summary>
internal static class InstructionTable
{
    /// <summary>Far above what compilers use; bounds what hostile spellings can pin.</summary>
    private const int MaxCached = 16_384;

    private static readonly Dictionary<string, List<InstructionForm>> Forms = Load();
    private static readonly ConcurrentDictionary<string, PtxOpcode[]> Cache = new(StringComparer.Ordinal);

    public static IEnumerable<string> Mnemonics => Forms.Keys;

    public static bool Knows(string mnemonic) => Forms.ContainsKey(mnemonic);

    /// <summary>All forms that the text can mean; empty when it is not on the whitelist.</summary>
    public static PtxOpcode[] Resolve(string text)
    {
        if (Cache.TryGetValue(text, out PtxOpcode[]? cached))
        {
            return cached;
        }

        PtxOpcode[] opcodes = ResolveUncached(text);
        if (opcodes.Length > 0 && Cache.Count < MaxCached)
        {
            Cache[text] = opcodes;
        }

        return opcodes;
    }

    private static PtxOpcode[] ResolveUncached(string text)
    {
        string[] words = text.Split('.', 32);
        if (!Forms.TryGetValue(words[0], out List<InstructionForm>? forms))
        {
            return [];
        }

        string[] suffixes = words[1..];
        return [.. forms
            .Select(form => (Form: form, Captures: form.Match(suffixes)))
            .Where(match => match.Captures is not null)
            .Select(match => new PtxOpcode(text, suffixes, match.Form, match.Captures!))];
    }

    private static Dictionary<string, List<InstructionForm>> Load()
    {
        var forms = new Dictionary<string, List<InstructionForm>>(StringComparer.Ordinal);
        var macros = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (string line in IsaData.Lines("instructions.txt"))
        {
            if (line[0] == '$')
            {
                int equals = line.IndexOf('=', StringComparison.Ordinal);
                macros.Add(line[..equals].Trim(), line[(equals + 1)..].Trim());
                continue;
            }

            string[] cells = Cells(line);
            foreach (string mnemonic in cells[0].Split(' ', StringSplitOptions.RemoveEmptyEntries))
            {
                if (!forms.TryGetValue(mnemonic, out List<InstructionForm>? list))
                {
                    forms.Add(mnemonic, list = []);
                }

                list.Add(new InstructionForm(cells, macros));
            }
        }

        return forms;
    }

    /// <summary>Splits at bars that stand alone: the operand column has others inside pairs ("a|b").</summary>
    private static string[] Cells(string line)
    {
        var cells = new List<string>[] { [], [], [], [] };
        int cell = 0;
        foreach (string word in line.Split(' ', StringSplitOptions.RemoveEmptyEntries))
        {
            if (word == "|")
            {
                cell++;
            }
            else
            {
                cells[cell].Add(word);
            }
        }

        return [.. cells.Select(words => string.Join(' ', words))];
    }
}
