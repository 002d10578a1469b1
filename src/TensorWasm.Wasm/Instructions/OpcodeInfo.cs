namespace TensorWasm.Wasm;

/// <summary>What is fixed about an instruction: a row of <see cref="OpcodeTable"/>.</summary>
/// <param name="Opcode">The instruction.</param>
/// <param name="Name">Its keyword in the text format.</param>
/// <param name="Signature">Operand types, &gt;, result types; <c>*</c> where they depend on immediates or the stack.</param>
/// <param name="Immediate">The shape of its immediates.</param>
/// <param name="Argument">
/// For a memory argument, the natural alignment in bytes; for a lane, the number of lanes; otherwise 0.
/// </param>
public sealed record OpcodeInfo(
    Opcode Opcode, string Name, string Signature, ImmediateKind Immediate, int Argument = 0)
{
    /// <summary>Whether the signature says everything about the instruction's typing.</summary>
    public bool IsSimple => Signature[0] != '*';

    /// <summary>The operand part of <see cref="Signature"/>, empty when there is none or it is not fixed.</summary>
    public string Operands { get; } = Signature[0] == '*' ? "" : Signature[..Signature.IndexOf('>', StringComparison.Ordinal)];

    /// <summary>The result part of <see cref="Signature"/>: one letter or none.</summary>
    public string Results { get; } = Signature[0] == '*' ? "" : Signature[(Signature.IndexOf('>', StringComparison.Ordinal) + 1)..];
}
