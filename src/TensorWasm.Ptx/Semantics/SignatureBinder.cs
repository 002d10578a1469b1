using TensorWasm.Ptx.Diagnostics;
using TensorWasm.Ptx.Ir;
using TensorWasm.Ptx.Isa;
using TensorWasm.Ptx.Syntax;

namespace TensorWasm.Ptx.Semantics;

/// <summary>Lays out kernel parameters by the C rules (PTX ISA 5.1.6.1).</summary>
internal static class SignatureBinder
{
    /// <summary>
    /// Most bytes of parameters: 4,096. The hardware takes 4,352 before PTX 8.1; the rest is for hidden parameters.
    /// </summary>
    public const int MaxBytes = 4096;

    public static KernelSignature Bind(IReadOnlyList<ParameterSyntax> parameters)
    {
        List<KernelParameter> bound = [];
        HashSet<string> names = new(StringComparer.Ordinal);
        long offset = 0;
        foreach (ParameterSyntax parameter in parameters)
        {
            if (parameter.Space != ".param" || !names.Add(parameter.Name))
            {
                throw new BindFailure(
                    PtxDiagnosticId.DuplicateSymbol, $"'{parameter.Name}' is declared twice or not with .param");
            }

            PtxType type = VariableBinder.ElementType(parameter.Type);
            long size = Size(parameter);
            int alignment = VariableBinder.Alignment(parameter.Alignment, type.Bytes);
            offset = (offset + alignment - 1) / alignment * alignment;
            if (offset + size > MaxBytes)
            {
                throw new BindFailure(PtxDiagnosticId.Limit, $"the parameters have more than {MaxBytes} bytes");
            }

            bound.Add(new KernelParameter(
                parameter.Name, KindOf(parameter, type), type, (int)size, alignment, (int)offset));
            offset += size;
        }

        return new KernelSignature(bound);
    }

    public static long Size(ParameterSyntax parameter)
    {
        PtxType type = VariableBinder.ElementType(parameter.Type);
        long length = parameter.ArrayLength ?? 1;
        return length is > 0 and <= MaxBytes
            ? length * type.Bytes
            : throw new BindFailure(
                PtxDiagnosticId.Declaration, $"'{parameter.Name}' does not have 1 to {MaxBytes} bytes");
    }

    private static ParameterKind KindOf(ParameterSyntax parameter, PtxType type) =>
        parameter.ArrayLength is not null ? ParameterKind.Structure
        : parameter.Pointer is not null ? ParameterKind.Pointer
        : type.Class is TypeClass.Float or TypeClass.PackedFloat ? ParameterKind.Float
        : ParameterKind.Integer;
}
