namespace TensorWasm.Wasm;

/// <summary>
/// A module as it was read (section 2.5), by the binary decoder or the text parser; nothing says yet that it is valid.
/// Lists named after an index space (<see cref="Functions"/>, <see cref="Tables"/>, ...) hold imports first.
/// </summary>
public sealed class WasmModule
{
    /// <summary>Type definitions of all recursion groups, in order.</summary>
    public required IReadOnlyList<SubType> Types { get; init; }

    /// <summary>How <see cref="Types"/> splits into recursion groups.</summary>
    public required IReadOnlyList<RecursionGroup> RecursionGroups { get; init; }

    /// <summary>Imports, in order.</summary>
    public required IReadOnlyList<Import> Imports { get; init; }

    /// <summary>The type index of each function.</summary>
    public required IReadOnlyList<int> Functions { get; init; }

    /// <summary>Tables.</summary>
    public required IReadOnlyList<TableType> Tables { get; init; }

    /// <summary>Initial element of each defined table; null where it is the null reference by default.</summary>
    public required IReadOnlyList<ConstantExpression?> TableInitializers { get; init; }

    /// <summary>Memories.</summary>
    public required IReadOnlyList<MemoryType> Memories { get; init; }

    /// <summary>The type index of each tag.</summary>
    public required IReadOnlyList<int> Tags { get; init; }

    /// <summary>Globals.</summary>
    public required IReadOnlyList<GlobalType> Globals { get; init; }

    /// <summary>Initial value of each defined global.</summary>
    public required IReadOnlyList<ConstantExpression> GlobalInitializers { get; init; }

    /// <summary>Exports, in order.</summary>
    public required IReadOnlyList<Export> Exports { get; init; }

    /// <summary>The start function, if any.</summary>
    public int? Start { get; init; }

    /// <summary>Element segments.</summary>
    public required IReadOnlyList<ElementSegment> Elements { get; init; }

    /// <summary>Data segments.</summary>
    public required IReadOnlyList<DataSegment> Data { get; init; }

    /// <summary>The data count section's number, if there is one; without it, code may not name data segments.</summary>
    public int? DataCount { get; init; }

    /// <summary>Bodies of the defined functions, in order.</summary>
    public required IReadOnlyList<FunctionBody> Bodies { get; init; }

    /// <summary>Custom sections, the name section among them.</summary>
    public required IReadOnlyList<CustomSection> CustomSections { get; init; }

    /// <summary>Names for humans; empty without a name section.</summary>
    public required NameSection Names { get; init; }

    /// <summary>How many functions are imported.</summary>
    public int ImportedFunctions => Functions.Count - Bodies.Count;

    /// <summary>How many tables are imported.</summary>
    public int ImportedTables => Tables.Count - TableInitializers.Count;

    /// <summary>How many globals are imported.</summary>
    public int ImportedGlobals => Globals.Count - GlobalInitializers.Count;

    /// <summary>How many memories are imported.</summary>
    public required int ImportedMemories { get; init; }

    /// <summary>How many tags are imported.</summary>
    public required int ImportedTags { get; init; }

    /// <summary>The shared identity of each type of <see cref="Types"/>; see <see cref="DefinedType"/>.</summary>
    /// <exception cref="WasmValidationException">A type definition refers to a type that does not exist.</exception>
    public IReadOnlyList<DefinedType> DefinedTypes => _definedTypes ??= DefinedType.Define(this);

    private IReadOnlyList<DefinedType>? _definedTypes;

    /// <summary>The type of function <paramref name="index"/>.</summary>
    public FunctionType FunctionTypeOf(int index) => (FunctionType)Types[Functions[index]].Composite;
}
