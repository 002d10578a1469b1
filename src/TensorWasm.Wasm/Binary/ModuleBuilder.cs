namespace TensorWasm.Wasm;

/// <summary>What the sections read so far have given; each section reader fills its part.</summary>
internal sealed class ModuleBuilder
{
    internal ModuleBuilder(ReadOnlyMemory<byte> bytes) => Bytes = bytes;

    /// <summary>The whole module, into which bodies, expressions and data point.</summary>
    internal ReadOnlyMemory<byte> Bytes { get; }

    internal List<SubType> Types { get; } = [];

    internal List<RecursionGroup> RecursionGroups { get; } = [];

    internal Import[] Imports { get; set; } = [];

    internal List<int> Functions { get; } = [];

    internal int ImportedFunctions { get; set; }

    internal List<TableType> Tables { get; } = [];

    internal List<ConstantExpression?> TableInitializers { get; } = [];

    internal List<MemoryType> Memories { get; } = [];

    internal int ImportedMemories { get; set; }

    internal List<int> Tags { get; } = [];

    internal int ImportedTags { get; set; }

    internal List<GlobalType> Globals { get; } = [];

    internal List<ConstantExpression> GlobalInitializers { get; } = [];

    internal Export[] Exports { get; set; } = [];

    internal int? Start { get; set; }

    internal ElementSegment[] Elements { get; set; } = [];

    internal DataSegment[] Data { get; set; } = [];

    internal int? DataCount { get; set; }

    internal FunctionBody[] Bodies { get; set; } = [];

    internal List<CustomSection> CustomSections { get; } = [];

    /// <summary>Reads an expression and keeps its bytes.</summary>
    internal ConstantExpression ReadExpression(ref CodeReader reader)
    {
        var start = reader.Offset;
        InstructionSkipper.SkipExpression(ref reader);
        return new ConstantExpression(Bytes[start..reader.Offset], start);
    }

    /// <summary>Checks what spans sections and makes the module.</summary>
    internal WasmModule Build()
    {
        var end = Bytes.Length;
        if (Functions.Count - ImportedFunctions != Bodies.Length)
        {
            throw new WasmFormatException("function and code section have inconsistent lengths", end);
        }
        if (DataCount is { } count && count != Data.Length)
        {
            throw new WasmFormatException("data count and data section have inconsistent lengths", end);
        }
        return new WasmModule
        {
            Types = Types.ToArray(),
            RecursionGroups = RecursionGroups.ToArray(),
            Imports = Imports,
            Functions = Functions.ToArray(),
            Tables = Tables.ToArray(),
            TableInitializers = TableInitializers.ToArray(),
            Memories = Memories.ToArray(),
            ImportedMemories = ImportedMemories,
            Tags = Tags.ToArray(),
            ImportedTags = ImportedTags,
            Globals = Globals.ToArray(),
            GlobalInitializers = GlobalInitializers.ToArray(),
            Exports = Exports,
            Start = Start,
            Elements = Elements,
            Data = Data,
            DataCount = DataCount,
            Bodies = Bodies,
            CustomSections = CustomSections.ToArray(),
            Names = NameSectionReader.Read(CustomSections, Functions.Count),
        };
    }
}
