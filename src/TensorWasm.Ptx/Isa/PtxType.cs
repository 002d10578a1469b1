namespace TensorWasm.Ptx.Isa;

/// <summary>A fundamental or packed type (PTX ISA 5.2). Instances are unique: compare by reference.</summary>
public sealed class PtxType
{
    private static readonly Dictionary<string, PtxType> ByName = Load();

    private PtxType(string name, int bits, TypeClass typeClass, bool canDeclareRegister)
    {
        Name = name;
        Bits = bits;
        Class = typeClass;
        CanDeclareRegister = canDeclareRegister;
    }

    /// <summary>Predicate registers.</summary>
    public static PtxType Pred { get; } = Get("pred");

    /// <summary>Untyped 16 bits.</summary>
    public static PtxType B16 { get; } = Get("b16");

    /// <summary>Untyped 32 bits.</summary>
    public static PtxType B32 { get; } = Get("b32");

    /// <summary>Untyped 64 bits.</summary>
    public static PtxType B64 { get; } = Get("b64");

    /// <summary>Unsigned 32 bits.</summary>
    public static PtxType U32 { get; } = Get("u32");

    /// <summary>Unsigned 64 bits.</summary>
    public static PtxType U64 { get; } = Get("u64");

    /// <summary>The name without its dot.</summary>
    public string Name { get; }

    /// <summary>Size in bits; 1 for predicates.</summary>
    public int Bits { get; }

    /// <summary>Size in bytes; 1 for predicates.</summary>
    public int Bytes => Math.Max(Bits / 8, 1);

    /// <summary>What the bits mean.</summary>
    public TypeClass Class { get; }

    /// <summary>True for <c>.s8</c> to <c>.s64</c> and <c>.s16x2</c>.</summary>
    public bool IsSigned => Class is TypeClass.Integer or TypeClass.PackedInteger && Name[0] == 's';

    /// <summary>True when <c>.reg</c> may declare it.</summary>
    public bool CanDeclareRegister { get; }

    /// <summary>Finds a type by its name, without the dot.</summary>
    /// <param name="name">The name.</param>
    /// <returns>The type, or null.</returns>
    public static PtxType? Find(string name) => ByName.GetValueOrDefault(name);

    /// <inheritdoc/>
    public override string ToString() => Name;

    internal static PtxType Get(string name) => ByName[name];

    /// <summary>The untyped type of a size.</summary>
    internal static PtxType OfBits(int bits) => Get($"b{bits}");

    private static Dictionary<string, PtxType> Load()
    {
        var types = new Dictionary<string, PtxType>(StringComparer.Ordinal);
        foreach (string line in IsaData.Lines("types.txt"))
        {
            string[] cells = line.Split(' ');
            types.Add(cells[0], new PtxType(
                cells[0],
                int.Parse(cells[1], System.Globalization.CultureInfo.InvariantCulture),
                Enum.Parse<TypeClass>(cells[2]),
                cells.Length > 3));
        }

        return types;
    }
}
