using TensorWasm.Ptx.Diagnostics;
using TensorWasm.Ptx.Ir;
using TensorWasm.Ptx.Syntax;

namespace TensorWasm.Ptx.Passes;

/// <summary>The kernel is correct PTX, and no pass knows how to make it safe.</summary>
internal sealed class NotFenceableException(SourcePosition position, string instruction, string reason)
    : Exception(reason)
{
    public NotFenceableException(Instruction instruction, string reason)
        : this(
            instruction.Position,
            instruction.Operands.Count > 16 ? instruction.Opcode.Text : instruction.ToString(),
            reason)
    {
    }

    public PtxDiagnostic Diagnostic => new(PtxDiagnosticId.NotFenceable, position, instruction, Message);
}
