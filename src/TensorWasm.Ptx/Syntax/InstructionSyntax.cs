namespace TensorWasm.Ptx.Syntax;

/// <summary>An instruction (PTX ISA 4.3.2 and 9.1).</summary>
/// <param name="Guard">The guard predicate, or null.</param>
/// <param name="Opcode">The opcode with all its suffixes, for example <c>ld.global.v4.b32</c>.</param>
/// <param name="Operands">The operands in order.</param>
/// <param name="Position">Where it starts.</param>
public sealed record InstructionSyntax(
    GuardSyntax? Guard, string Opcode, ArrayView<OperandSyntax> Operands, SourcePosition Position)
    : SyntaxNode(Position)
{
    /// <summary>The opcode's first word.</summary>
    public ReadOnlySpan<char> Mnemonic
    {
        get
        {
            int dot = Opcode.IndexOf('.', StringComparison.Ordinal);
            return dot < 0 ? Opcode : Opcode.AsSpan(0, dot);
        }
    }
}
