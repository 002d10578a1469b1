using System.Reflection.Metadata;
using TensorWasm.Wasm;

namespace TensorWasm.Engine.Compilation;

/// <summary>
/// Where the compiled code of a module finds what it uses: which globals, imports and types have a field of their own in
/// the context class, and which are reached through an array since a class can't have that many fields.
/// </summary>
internal sealed class ModuleLayout
{
    /// <summary>Fields of one kind: far below the runtime's limit of 65,535 fields a class, whatever the mix.</summary>
    private const int MaxFieldsOfAKind = 4096;

    private readonly bool[] _sharedGlobals;

    internal ModuleLayout(WasmModule module)
    {
        Module = module;
        Survey = new CodeSurvey(module);
        ConstantTables = new ConstantTables(module, Survey);
        Recursion = new RecursionUnroller(module, Survey);
        _sharedGlobals = new bool[module.Globals.Count];
        for (var i = 0; i < _sharedGlobals.Length; i++)
        {
            _sharedGlobals[i] = i < module.ImportedGlobals || i >= MaxFieldsOfAKind;
        }
        foreach (var export in module.Exports)
        {
            if (export.Kind == ExternalKind.Global) _sharedGlobals[export.Index] = true;
        }
    }

    internal WasmModule Module { get; }

    /// <summary>The field of each memory's base address.</summary>
    internal EntityToken[] MemoryBases { get; set; } = [];

    /// <summary>The field of each memory's object.</summary>
    internal EntityToken[] Memories { get; set; } = [];

    /// <summary>The field of each table's object.</summary>
    internal EntityToken[] Tables { get; set; } = [];

    /// <summary>The field of each constant table's array of elements; nothing for other tables.</summary>
    internal EntityToken[] TableElements { get; set; } = [];

    /// <summary>Which tables never change.</summary>
    internal ConstantTables ConstantTables { get; }

    /// <summary>The field of each global that has one: its value, or its object if it is shared.</summary>
    internal EntityToken[] Globals { get; set; } = [];

    /// <summary>The code pointer's field of each imported function that has one.</summary>
    internal EntityToken[] ImportCodes { get; set; } = [];

    /// <summary>The context's field of each imported function that has one.</summary>
    internal EntityToken[] ImportContexts { get; set; } = [];

    /// <summary>The field of each type that has one.</summary>
    internal EntityToken[] Types { get; set; } = [];

    /// <summary>The method of each defined function.</summary>
    internal EntityToken[] Methods { get; set; } = [];

    /// <summary>Which functions have copies of themselves to call.</summary>
    internal RecursionUnroller Recursion { get; }

    /// <summary>What is known of all functions.</summary>
    internal CodeSurvey Survey { get; }

    /// <summary>The context class.</summary>
    internal EntityHandle ContextType { get; set; }

    internal int DirectGlobals => Math.Min(Module.Globals.Count, MaxFieldsOfAKind);

    internal int DirectImports => Math.Min(Module.ImportedFunctions, MaxFieldsOfAKind);

    internal int DirectTypes => Math.Min(Module.Types.Count, MaxFieldsOfAKind);

    internal int DirectTables => Math.Min(Module.Tables.Count, MaxFieldsOfAKind);

    /// <summary>Whether a global is a <see cref="Global"/> object, since more than this instance's code may reach it.</summary>
    internal bool IsShared(int global) => _sharedGlobals[global];
}
