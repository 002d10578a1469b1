using System.Globalization;

namespace TensorWasm.Ptx.Ir;

/// <summary>Keeps the names of a kernel unique; a name that is taken gets a number.</summary>
internal sealed class NameTable
{
    private readonly HashSet<string> _taken = new(StringComparer.Ordinal);
    private readonly Dictionary<string, int> _next = new(StringComparer.Ordinal);

    public string Claim(string name)
    {
        if (_taken.Add(name))
        {
            return name;
        }

        int number = _next.GetValueOrDefault(name);
        string candidate;
        do
        {
            candidate = string.Create(CultureInfo.InvariantCulture, $"{name}_{++number}");
        }
        while (!_taken.Add(candidate));
        _next[name] = number;
        return candidate;
    }
}
