using System.Buffers.Binary;
using TensorWasm.Ptx.Diagnostics;
using TensorWasm.Ptx.Ir;
using TensorWasm.Ptx.Isa;
using TensorWasm.Ptx.Syntax;

namespace TensorWasm.Ptx.Semantics;

/// <summary>Turns declarations of variables into variables, checking size, alignment and initial values.</summary>
internal sealed class VariableBinder(PtxLimits limits)
{
    public const int MaxAlignment = 512;

    public Variable Bind(VariableSyntax syntax, string name, bool isModuleScope)
    {
        StateSpace space = StateSpaces.Parse(syntax.Space[1..]);
        if (space is StateSpace.Generic or StateSpace.Param)
        {
            throw new BindFailure(
                RefusedOpcodes.Reason(syntax.Space) is null ? PtxDiagnosticId.Declaration : PtxDiagnosticId.Refused,
                RefusedOpcodes.Reason(syntax.Space) ?? $"{syntax.Space} does not begin a declaration that is allowed here");
        }

        PtxType type = ElementType(syntax.Type);
        bool dynamic = syntax.Linkage == Linkage.Extern;
        if (dynamic && (space != StateSpace.Shared || syntax.Dimensions is not [null or 0]))
        {
            throw new BindFailure(
                PtxDiagnosticId.Refused, "only dynamic shared memory may be .extern: nothing else is linked to a kernel");
        }

        if (syntax.Linkage == Linkage.Common || syntax.Type[0] != '.')
        {
            throw new BindFailure(PtxDiagnosticId.Refused, ".common variables are shared between modules");
        }

        long elementBytes = (long)type.Bytes * syntax.Vector;
        long size = dynamic ? 0 : Size(syntax, elementBytes);
        byte[] data = syntax.Initializer is { } initializer ? Initialize(initializer, space, type, size) : [];
        return new Variable(name, space, size, Alignment(syntax.Alignment, (int)elementBytes))
        {
            IsDynamic = dynamic,
            IsModuleScope = isModuleScope,
            InitialData = data,
        };
    }

    public static int Alignment(long declared, int natural)
    {
        if (declared == 0)
        {
            return natural;
        }

        return long.IsPow2(declared) && declared <= MaxAlignment
            ? (int)declared
            : throw new BindFailure(
                PtxDiagnosticId.Declaration, $"the alignment {declared} is not a power of two up to {MaxAlignment}");
    }

    public static PtxType ElementType(string name)
    {
        PtxType? type = PtxType.Find(name[1..]);
        return type is null || type == PtxType.Pred
            ? throw new BindFailure(PtxDiagnosticId.Declaration, $"{name} is not a type that memory can hold")
            : type;
    }

    private long Size(VariableSyntax syntax, long elementBytes)
    {
        long size = elementBytes;
        for (int i = 0; i < syntax.Dimensions.Count; i++)
        {
            // The first dimension may be left to the initialiser (PTX ISA 5.4.3).
            long extent = syntax.Dimensions[i]
                ?? (i == 0 && syntax.Initializer?.Elements is { } elements ? elements.Count : 0);
            size = extent > limits.MaxVariableBytes ? long.MaxValue : size * extent;
            if (size is <= 0 || size > limits.MaxVariableBytes)
            {
                throw new BindFailure(
                    PtxDiagnosticId.Declaration,
                    $"the size of '{syntax.Name}' is not between 1 and {limits.MaxVariableBytes} bytes");
            }
        }

        return size;
    }

    private static byte[] Initialize(InitializerSyntax initializer, StateSpace space, PtxType type, long size)
    {
        if (space is not (StateSpace.Global or StateSpace.Const))
        {
            throw new BindFailure(
                PtxDiagnosticId.Declaration, $".{space.Name()} variables have no initial value (PTX ISA 5.4.4)");
        }

        byte[] data = new byte[size];
        Fill(initializer, type, data);
        return data;
    }

    /// <summary>Nested lists fill equal parts of what they initialise; nesting was bounded by the parser.</summary>
    private static void Fill(InitializerSyntax initializer, PtxType type, Span<byte> data)
    {
        if (initializer.Elements is not { } elements)
        {
            Store(initializer, type, data);
            return;
        }

        bool nested = elements.Any(element => element.Elements is not null);
        int part = nested ? data.Length / Math.Max(elements.Count, 1) : type.Bytes;
        if (elements.Count > 0 && (part == 0 || (long)part * elements.Count > data.Length))
        {
            throw new BindFailure(PtxDiagnosticId.Declaration, "the initialiser has more values than the variable");
        }

        for (int i = 0; i < elements.Count; i++)
        {
            Fill(elements[i], type, data.Slice(i * part, part));
        }
    }

    private static void Store(InitializerSyntax initializer, PtxType type, Span<byte> data)
    {
        if (initializer.Value is not ImmediateSyntax value)
        {
            throw new BindFailure(
                PtxDiagnosticId.Refused, "an initial value that is an address would point outside the region");
        }

        ulong bits = value.Bits;
        if (type.Class == TypeClass.Float && type.Bits == 32 && value.Kind == ImmediateKind.Double)
        {
            bits = BitConverter.SingleToUInt32Bits((float)BitConverter.UInt64BitsToDouble(bits));
        }
        else if (type.Class == TypeClass.Float && type.Bits == 64 && value.Kind == ImmediateKind.Single)
        {
            bits = BitConverter.DoubleToUInt64Bits(BitConverter.UInt32BitsToSingle((uint)bits));
        }
        else if (!TypeRules.Accepts(new ImmediateOperand(value.Kind, bits), type))
        {
            throw new BindFailure(PtxDiagnosticId.Declaration, $"an initial value does not fit .{type}");
        }

        Span<byte> wide = stackalloc byte[8];
        BinaryPrimitives.WriteUInt64LittleEndian(wide, bits);
        wide[..Math.Min(Math.Min(type.Bytes, 8), data.Length)].CopyTo(data);
    }
}
