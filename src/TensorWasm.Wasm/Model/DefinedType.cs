namespace TensorWasm.Wasm;

/// <summary>
/// The identity of a type definition (section 3.1.3): two definitions, in one module or in two, are the same type
/// exactly when they have the same object here, so equality is reference equality. Definitions are interned by structure
/// for as long as somebody holds them.
/// </summary>
public sealed class DefinedType
{
    private static long _lastId;

    // A supertype further up, such that a walk that takes it where it does not go too far has logarithmic length.
    private readonly DefinedType? _jump;

    internal DefinedType(CompositeType composite, DefinedType? supertype, bool isFinal)
    {
        Composite = composite;
        Supertype = supertype;
        IsFinal = isFinal;
        if (supertype is not null)
        {
            Depth = supertype.Depth + 1;
            _jump = supertype._jump is { _jump: { } far } near && supertype.Depth - near.Depth == near.Depth - far.Depth
                ? far
                : supertype;
        }
        Id = Interlocked.Increment(ref _lastId);
    }

    /// <summary>The structure as its first definer wrote it: type indices inside it mean that definer's module.</summary>
    public CompositeType Composite { get; }

    /// <summary>The declared supertype.</summary>
    public DefinedType? Supertype { get; }

    /// <summary>Whether no other type may name this one as its supertype.</summary>
    public bool IsFinal { get; }

    /// <summary>How many supertypes are above this one, at most <see cref="WasmLimits.MaxSubtypingDepth"/>.</summary>
    public int Depth { get; }

    /// <summary>Parameters of a function type; empty for others.</summary>
    public IReadOnlyList<ResolvedType> Parameters { get; internal set; } = [];

    /// <summary>Results of a function type; empty for others.</summary>
    public IReadOnlyList<ResolvedType> Results { get; internal set; } = [];

    /// <summary>Fields of a structure, or the element of an array; empty for functions.</summary>
    public IReadOnlyList<ResolvedType> Fields { get; internal set; } = [];

    /// <summary>A number that no other definition of this process has or will have: stands for it in keys.</summary>
    internal long Id { get; }

    /// <summary>The recursion group, which lives and dies as a whole because each member holds it.</summary>
    internal CanonicalGroup? Group { get; set; }

    /// <summary>Whether this is <paramref name="other"/> or declared, directly or not, below it.</summary>
    public bool IsSubtypeOf(DefinedType other)
    {
        var type = this;
        while (type.Depth > other.Depth)
        {
            type = type._jump!.Depth >= other.Depth ? type._jump : type.Supertype!;
        }
        return ReferenceEquals(type, other);
    }

    /// <summary>The plain, final function type of a host function; its types hold no type index.</summary>
    /// <exception cref="ArgumentException">A type of <paramref name="type"/> is a type index or packed.</exception>
    public static DefinedType ForFunction(FunctionType type)
    {
        foreach (var value in type.Parameters.Concat(type.Results))
        {
            if (value.IsPacked || (value.IsReference && !value.Heap.IsAbstract))
            {
                throw new ArgumentException($"{value} has no meaning outside a module", nameof(type));
            }
        }
        return TypeCanonicalizer.Define([SubType.Plain(type)], [new RecursionGroup(0, 1)])[0];
    }

    internal static IReadOnlyList<DefinedType> Define(WasmModule module) =>
        TypeCanonicalizer.Define(module.Types, module.RecursionGroups);
}
