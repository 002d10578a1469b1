using TensorWasm.Wasm;

namespace TensorWasm.Engine.Compilation;

/// <summary>A structured instruction of a function, or the function itself: what branches can name.</summary>
/// <param name="Opcode">Block, loop or if; block for the function.</param>
/// <param name="Parent">The scope around it; null for the function.</param>
/// <param name="Depth">How many scopes are around it.</param>
/// <param name="LoopDepth">How many loops are around its body, itself counted.</param>
/// <param name="LabelTypes">What a branch to it carries.</param>
internal sealed record Scope(
    Opcode Opcode, Scope? Parent, int Depth, int LoopDepth, IReadOnlyList<Wasm.ValueType> LabelTypes);
