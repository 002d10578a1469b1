using TensorWasm.Ptx.Ir;
using TensorWasm.Ptx.Isa;
using TensorWasm.Ptx.Syntax;

namespace TensorWasm.Ptx.Semantics;

/// <summary>Operand type checking (PTX ISA 9.2).</summary>
internal static class TypeRules
{
    /// <summary>Whether a register may stand where the instruction wants a type.</summary>
    public static bool Accepts(PtxType register, PtxType wanted, bool relaxed)
    {
        if (register == wanted)
        {
            return true;
        }

        if (register == PtxType.Pred || wanted == PtxType.Pred)
        {
            return false;
        }

        if (register.Bits != wanted.Bits)
        {
            // ld, st and cvt take wider registers, unless a float type is on either side (PTX ISA 9.2.1, table 28).
            return relaxed && register.Bits > wanted.Bits
                && register.Class is TypeClass.Bits or TypeClass.Integer
                && wanted.Class is TypeClass.Bits or TypeClass.Integer;
        }

        return register.Class == TypeClass.Bits || wanted.Class == TypeClass.Bits
            || (register.Class == TypeClass.Integer && wanted.Class is TypeClass.Integer or TypeClass.PackedInteger);
    }

    /// <summary>Whether a constant may stand where the instruction wants a type.</summary>
    public static bool Accepts(ImmediateOperand constant, PtxType wanted)
    {
        if (!constant.IsInteger)
        {
            return wanted.Class switch
            {
                TypeClass.Float => wanted.Bits >= 32,
                TypeClass.Bits => wanted.Bits == (constant.Kind == ImmediateKind.Single ? 32 : 64),
                _ => false,
            };
        }

        return wanted.Class switch
        {
            TypeClass.Float => wanted.Bits == 16,
            TypeClass.Predicate => true,
            _ => Fits(constant, wanted.Bits),
        };
    }

    /// <summary>An integer fits when it survives truncation, read as signed or as unsigned.</summary>
    private static bool Fits(ImmediateOperand constant, int bits)
    {
        if (bits >= 64)
        {
            return true;
        }

        long value = unchecked((long)constant.Bits);
        return constant.Kind == ImmediateKind.Signed
            ? value <= 0 && value >= -(1L << (bits - 1))
            : constant.Bits >> bits == 0 || value >= -(1L << (bits - 1)) && value < 0;
    }
}
