namespace TensorWasm.Engine.Compilation;

/// <summary>A call of an outlined method, whose token is written when it is known.</summary>
/// <param name="Position">Where the token belongs in the code.</param>
/// <param name="Method">Which of the function's outlined methods is called.</param>
internal readonly record struct PartCall(int Position, int Method);
