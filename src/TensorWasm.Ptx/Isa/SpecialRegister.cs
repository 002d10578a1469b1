using System.Collections.Frozen;

namespace TensorWasm.Ptx.Isa;

/// <summary>A special register that may be read (PTX ISA 10). Instances are unique: compare by reference.</summary>
public sealed class SpecialRegister
{
    private static readonly FrozenDictionary<string, SpecialRegister> ByName = Load();

    private SpecialRegister(string name, PtxType type)
    {
        Name = name;
        Type = type;
    }

    /// <summary>The name with its component, for example <c>%tid.x</c>.</summary>
    public string Name { get; }

    /// <summary>Its type.</summary>
    public PtxType Type { get; }

    /// <summary>
    /// Whether each thread reads the same value throughout: not clocks, and not where it happens to run, which may
    /// change (PTX ISA 10.3 to 10.9).
    /// </summary>
    public bool IsInvariant => !Name.StartsWith("%clock", StringComparison.Ordinal)
        && !Name.StartsWith("%globaltimer", StringComparison.Ordinal)
        && Name is not ("%warpid" or "%nwarpid" or "%smid" or "%nsmid");

    /// <summary>Finds a special register.</summary>
    /// <param name="name">The name with its component.</param>
    /// <returns>The register, or null.</returns>
    public static SpecialRegister? Find(string name) => ByName.GetValueOrDefault(name);

    /// <inheritdoc/>
    public override string ToString() => Name;

    private static FrozenDictionary<string, SpecialRegister> Load()
    {
        var all = new Dictionary<string, SpecialRegister>(StringComparer.Ordinal);
        foreach (string line in IsaData.Lines("specials.txt"))
        {
            string[] cells = line.Split(' ');
            foreach (string component in cells[1].Split('/'))
            {
                string name = component == "-" ? cells[0] : $"{cells[0]}.{component}";
                all.Add(name, new SpecialRegister(name, PtxType.Get(cells[2])));
            }
        }

        return all.ToFrozenDictionary(StringComparer.Ordinal);
    }
}
