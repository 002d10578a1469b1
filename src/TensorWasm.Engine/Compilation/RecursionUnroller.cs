using System.Reflection.Metadata;
using System.Reflection.Metadata.Ecma335;
using TensorWasm.Wasm;

namespace TensorWasm.Engine.Compilation;

/// <summary>
/// Small functions that call themselves get copies: the function calls its first copy, that the second, and the last the
/// function again. RyuJIT, which inlines no recursive call, inlines the copies, so a real call is made only every few
/// levels.
/// </summary>
internal sealed class RecursionUnroller
{
    /// <summary>Copies of a function: with two calls in it, the function becomes seven times as large.</summary>
    internal const int Copies = 2;

    /// <summary>Bytes of a function's instructions above which it is left alone.</summary>
    private const int MaxCodeSize = 128;

    private readonly Dictionary<int, int> _firstCopies = [];

    internal RecursionUnroller(WasmModule module, CodeSurvey survey)
    {
        for (var i = 0; i < module.Bodies.Count; i++)
        {
            if (module.Bodies[i].Code.Length > MaxCodeSize || !survey.CallsItself(i)) continue;
            _firstCopies[i] = module.Bodies.Count + (Copies * Functions.Count) + 1;
            Functions.Add(i);
        }
    }

    /// <summary>The functions that have copies, in the order of the copies' methods, which follow all functions' methods.</summary>
    internal List<int> Functions { get; } = [];

    /// <summary>What a function, or one of its copies, calls in place of itself.</summary>
    internal EntityToken TargetOf(int definedIndex, int copy)
    {
        var row = _firstCopies.TryGetValue(definedIndex, out var first) && copy < Copies ? first + copy : definedIndex + 1;
        return (EntityHandle)MetadataTokens.MethodDefinitionHandle(row);
    }
}
