using System.Reflection.Metadata;
using TensorWasm.Wasm;

namespace TensorWasm.Engine.Compilation;

/// <summary>The numeric instructions that are a fixed sequence of CIL instructions.</summary>
internal static class NumericTable
{
    /// <summary>Whether an instruction leaves 0 or 1, never anything else.</summary>
    internal static bool YieldsBoolean(Opcode opcode) =>
        opcode is (>= Opcode.I32Eqz and <= Opcode.F64Ge) or Opcode.RefIsNull or Opcode.RefEq;

    /// <summary>The sequence, or an empty one.</summary>
    internal static ReadOnlySpan<ILOpCode> Inline(Opcode opcode) => opcode switch
    {
        Opcode.I32Eqz => [ILOpCode.Ldc_i4_0, ILOpCode.Ceq],
        Opcode.I32Eq or Opcode.I64Eq or Opcode.F32Eq or Opcode.F64Eq => [ILOpCode.Ceq],
        Opcode.I32Ne or Opcode.I64Ne or Opcode.F32Ne or Opcode.F64Ne => [ILOpCode.Ceq, ILOpCode.Ldc_i4_0, ILOpCode.Ceq],
        Opcode.I32LtS or Opcode.I64LtS or Opcode.F32Lt or Opcode.F64Lt => [ILOpCode.Clt],
        Opcode.I32LtU or Opcode.I64LtU => [ILOpCode.Clt_un],
        Opcode.I32GtS or Opcode.I64GtS or Opcode.F32Gt or Opcode.F64Gt => [ILOpCode.Cgt],
        Opcode.I32GtU or Opcode.I64GtU => [ILOpCode.Cgt_un],
        Opcode.I32LeS or Opcode.I64LeS => [ILOpCode.Cgt, ILOpCode.Ldc_i4_0, ILOpCode.Ceq],
        Opcode.I32LeU or Opcode.I64LeU => [ILOpCode.Cgt_un, ILOpCode.Ldc_i4_0, ILOpCode.Ceq],
        Opcode.I32GeS or Opcode.I64GeS => [ILOpCode.Clt, ILOpCode.Ldc_i4_0, ILOpCode.Ceq],
        Opcode.I32GeU or Opcode.I64GeU => [ILOpCode.Clt_un, ILOpCode.Ldc_i4_0, ILOpCode.Ceq],

        // The unordered comparison is true for NaN, and so its negation is false, as it must be.
        Opcode.F32Le or Opcode.F64Le => [ILOpCode.Cgt_un, ILOpCode.Ldc_i4_0, ILOpCode.Ceq],
        Opcode.F32Ge or Opcode.F64Ge => [ILOpCode.Clt_un, ILOpCode.Ldc_i4_0, ILOpCode.Ceq],

        Opcode.I32Add or Opcode.I64Add or Opcode.F32Add or Opcode.F64Add => [ILOpCode.Add],
        Opcode.I32Sub or Opcode.I64Sub or Opcode.F32Sub or Opcode.F64Sub => [ILOpCode.Sub],
        Opcode.I32Mul or Opcode.I64Mul or Opcode.F32Mul or Opcode.F64Mul => [ILOpCode.Mul],

        // Division by zero and overflow raise the runtime's exceptions, which the boundary turns into traps.
        Opcode.I32DivS or Opcode.I64DivS or Opcode.F32Div or Opcode.F64Div => [ILOpCode.Div],
        Opcode.I32DivU or Opcode.I64DivU => [ILOpCode.Div_un],
        Opcode.I32RemU or Opcode.I64RemU => [ILOpCode.Rem_un],
        Opcode.I32And or Opcode.I64And => [ILOpCode.And],
        Opcode.I32Or or Opcode.I64Or => [ILOpCode.Or],
        Opcode.I32Xor or Opcode.I64Xor => [ILOpCode.Xor],
        Opcode.F32Neg or Opcode.F64Neg => [ILOpCode.Neg],
        Opcode.I32WrapI64 => [ILOpCode.Conv_i4],
        Opcode.I64ExtendI32S => [ILOpCode.Conv_i8],
        Opcode.I64ExtendI32U => [ILOpCode.Conv_u8],
        Opcode.I32Extend8S => [ILOpCode.Conv_i1],
        Opcode.I32Extend16S => [ILOpCode.Conv_i2],
        Opcode.I64Extend8S => [ILOpCode.Conv_i1, ILOpCode.Conv_i8],
        Opcode.I64Extend16S => [ILOpCode.Conv_i2, ILOpCode.Conv_i8],
        Opcode.I64Extend32S => [ILOpCode.Conv_i4, ILOpCode.Conv_i8],
        Opcode.F32ConvertI32S or Opcode.F32ConvertI64S => [ILOpCode.Conv_r4],
        Opcode.F64ConvertI64U => [ILOpCode.Conv_r_un, ILOpCode.Conv_r8],
        Opcode.F64ConvertI32S or Opcode.F64ConvertI64S => [ILOpCode.Conv_r8],
        Opcode.F32ConvertI32U => [ILOpCode.Conv_u8, ILOpCode.Conv_r4],
        Opcode.F64ConvertI32U => [ILOpCode.Conv_u8, ILOpCode.Conv_r8],
        Opcode.F64PromoteF32 => [ILOpCode.Conv_r8],
        _ => [],
    };
}
