namespace TensorWasm.Wasm;

/// <summary>
/// A function's locals and instructions (section 5.5.13). Instructions stay in the binary format: it is compact, and
/// the validator, the compiler and the printer each read it once.
/// </summary>
/// <param name="Locals">The declared locals; parameters are not among them.</param>
/// <param name="Code">The instructions, the final <c>end</c> included.</param>
/// <param name="Offset">Where <paramref name="Code"/> begins in the module, for error messages and backtraces.</param>
public sealed record FunctionBody(IReadOnlyList<LocalGroup> Locals, ReadOnlyMemory<byte> Code, int Offset);
