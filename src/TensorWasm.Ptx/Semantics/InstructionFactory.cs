using TensorWasm.Ptx.Analyses;
using TensorWasm.Ptx.Ir;
using TensorWasm.Ptx.Isa;
using TensorWasm.Ptx.Syntax;

namespace TensorWasm.Ptx.Semantics;

/// <summary>Makes instructions for passes. They go through the same whitelist as the author's.</summary>
internal static class InstructionFactory
{
    public static Instruction Create(
        string opcode, Operand[] operands, Guard? guard, SourcePosition position, string? reason)
    {
        foreach (PtxOpcode candidate in InstructionTable.Resolve(opcode))
        {
            if (operands.Length >= candidate.RequiredOperands && operands.Length <= candidate.Operands.Count)
            {
                return new Instruction(candidate, operands, guard, position, reason);
            }
        }

        throw new AnalysisException($"A pass made '{opcode}' with {operands.Length} operands, which is no form.");
    }
}
