using System.Globalization;
using System.Runtime.InteropServices;

namespace TensorWasm.Ptx.Ir;

/// <summary>Keeps the names of a kernel unique; a name that is taken gets a number.</summary>
/// <param name="capacity">About how many names there will be.</param>
internal sealed class NameTable(int capacity)
{
    /// <summary>The names that are taken, and the last number that each was given.</summary>
    private readonly Dictionary<string, int> _last = new(capacity, StringComparer.Ordinal);

    public string Claim(string name)
    {
        ref int last = ref CollectionsMarshal.GetValueRefOrAddDefault(_last, name, out bool isTaken);
        if (!isTaken)
        {
            return name;
        }

        // A name that can't be added moves nothing, so the place of the number stays.
        Span<char> digits = stackalloc char[10];
        string candidate;
        do
        {
            (++last).TryFormat(digits, out int length, provider: CultureInfo.InvariantCulture);
            candidate = string.Concat(name, "_", digits[..length]);
        }
        while (!_last.TryAdd(candidate, 0));
        return candidate;
    }
}
