namespace TensorWasm.Engine.Compilation;

/// <summary>An instruction that reads or sets a local, or decides where control goes.</summary>
/// <param name="Kind">What it does.</param>
/// <param name="Operand">The local, by its place among those that occur; or the scope's index.</param>
/// <param name="Position">The instruction's position in the function's code.</param>
/// <param name="Targets">The scopes that a table names.</param>
internal readonly record struct FlowEvent(FlowKind Kind, int Operand, int Position, int[]? Targets = null);
