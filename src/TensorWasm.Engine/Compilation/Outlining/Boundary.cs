namespace TensorWasm.Engine.Compilation;

/// <summary>A place between two instructions of a block's body where the block's operand stack is empty.</summary>
/// <param name="Position">The position of the next instruction in the function's code.</param>
/// <param name="Before">The code that the function became up to there.</param>
/// <param name="IsReachable">Whether control can come there.</param>
internal readonly record struct Boundary(int Position, CodeSize Before, bool IsReachable);
