using TensorWasm.Ptx.Diagnostics;
using TensorWasm.Ptx.Ir;
using TensorWasm.Ptx.Isa;

namespace TensorWasm.Ptx.Semantics;

/// <summary>What can be said of a memory access before anything is known of its registers.</summary>
internal static class AccessRules
{
    /// <summary>The widest access of sm_70 to sm_90 (PTX ISA 5.4.2); fences count on it.</summary>
    private const int MaxBytes = 16;

    public static void Check(PtxOpcode opcode, Operand[] operands)
    {
        if (opcode.AccessBytes > MaxBytes)
        {
            throw new BindFailure(
                PtxDiagnosticId.Operand, $"an access has at most {MaxBytes} bytes, this one has {opcode.AccessBytes}");
        }

        for (int i = 0; i < operands.Length; i++)
        {
            if (operands[i] is MemoryOperand { Variable: { } variable } memory)
            {
                CheckVariable(opcode, i, variable, memory.Offset, AccessBytes(opcode, new ArrayView<Operand>(operands)));
            }
        }

        if (opcode.Effect == Effect.Copy && opcode.Operands.Count > 2)
        {
            CheckCopySize(opcode, operands);
        }

        if (opcode.Mnemonic == "cvta" && operands[1] is AddressOfOperand address
            && address.Variable.Space != opcode.Space)
        {
            throw new BindFailure(
                PtxDiagnosticId.Operand, $"'{address.Variable.Name}' does not lie in .{opcode.Space.Name()}");
        }
    }

    public static int AccessBytes(PtxOpcode opcode, ArrayView<Operand> operands) =>
        opcode.Effect == Effect.Copy ? (int)((ImmediateOperand)operands[2]).Bits : opcode.AccessBytes;

    private static void CheckVariable(PtxOpcode opcode, int operand, Variable variable, long offset, int bytes)
    {
        bool outside = variable.IsDynamic
            ? offset < 0
            : offset < 0 || offset > variable.Size - bytes;
        if (outside)
        {
            throw new BindFailure(
                PtxDiagnosticId.OutOfBounds,
                $"bytes {offset} to {offset + bytes - 1} lie outside '{variable.Name}' of {variable.Size} bytes");
        }

        if (offset % bytes != 0 || (variable.Space == StateSpace.Param && variable.Alignment % bytes != 0))
        {
            throw new BindFailure(
                PtxDiagnosticId.OutOfBounds, $"an access of {bytes} bytes to '{variable.Name}'+{offset} is not aligned");
        }

        bool writes = opcode.Effect is not (Effect.Load or Effect.Prefetch or Effect.MatrixLoad)
            && !(opcode.Effect == Effect.Copy && operand == 1);
        if (writes && variable.Space is StateSpace.Const or StateSpace.Param)
        {
            throw new BindFailure(PtxDiagnosticId.Operand, $"'{variable.Name}' is read-only");
        }
    }

    private static void CheckCopySize(PtxOpcode opcode, Operand[] operands)
    {
        ulong bytes = ((ImmediateOperand)operands[2]).Bits;
        if (bytes is not (4 or 8 or 16) || (bytes != 16 && opcode.Has("cg")))
        {
            throw new BindFailure(
                PtxDiagnosticId.Operand, "cp.async copies 4, 8 or 16 bytes, with .cg 16 (PTX ISA 9.7.9.25.3.1)");
        }

        if (operands.Length > 3 && operands[3] is ImmediateOperand { IsInteger: true } size && size.Bits > bytes)
        {
            throw new BindFailure(PtxDiagnosticId.Operand, "the source size is larger than the copy");
        }
    }
}
