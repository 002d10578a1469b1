namespace TensorWasm.Wasm;

/// <summary>A block that is open (specification, appendix A.3).</summary>
/// <param name="Opcode">What opened it; <see cref="Opcode.Block"/> for the function itself.</param>
/// <param name="Start">The types of its parameters.</param>
/// <param name="End">The types of its results.</param>
/// <param name="Height">The operand stack's height below its parameters.</param>
/// <param name="InitializationHeight">How many locals without default were set when it opened.</param>
internal record struct ControlFrame(
    Opcode Opcode, StackType[] Start, StackType[] End, int Height, int InitializationHeight)
{
    /// <summary>Whether the code that follows in it cannot be reached.</summary>
    internal bool IsUnreachable { get; set; }

    /// <summary>The types that a branch to it takes.</summary>
    internal readonly StackType[] LabelTypes => Opcode == Opcode.Loop ? Start : End;
}
