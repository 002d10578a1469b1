namespace TensorWasm.Engine.Compilation;

/// <summary>A method that a part of a function became.</summary>
/// <param name="Inputs">Types of its parameters; the context and the exchange follow.</param>
/// <param name="Body">Its code.</param>
internal sealed record OutlinedMethod(IReadOnlyList<Type> Inputs, CompiledBody Body);
