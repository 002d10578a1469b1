using TensorWasm.Ptx.Syntax;

namespace TensorWasm.Ptx.Diagnostics;

/// <summary>One reason why PTX text is refused, with the place it stands at.</summary>
/// <param name="Id">What kind of complaint this is.</param>
/// <param name="Position">Line and column, from 1.</param>
/// <param name="Instruction">The instruction or directive concerned, or empty.</param>
/// <param name="Reason">A sentence that says what is wrong.</param>
public sealed record PtxDiagnostic(PtxDiagnosticId Id, SourcePosition Position, string Instruction, string Reason)
{
    /// <summary>One line, in the form that editors recognise.</summary>
    public override string ToString() => Instruction.Length == 0
        ? $"{Position}: PTX{(int)Id:D4}: {Reason}"
        : $"{Position}: PTX{(int)Id:D4}: {Instruction}: {Reason}";
}
