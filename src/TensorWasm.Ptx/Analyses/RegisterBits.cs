using System.Globalization;
using System.Text;
using TensorWasm.Ptx.Ir;
using TensorWasm.Ptx.Isa;

namespace TensorWasm.Ptx.Analyses;

/// <summary>
/// Known bits of registers: the meet over all of a register's definitions, each evaluated from its operands. Cycles
/// and guarded definitions know nothing. Valid at every point after a definition; a register that may be read before
/// one holds zero, so passes ask after registers were initialised and the entry's zero is a definition too.
/// </summary>
public sealed class RegisterBits
{
    private const int MaxDepth = 48;

    /// <summary>Steps of all questions together: registers with many definitions could make them exponential.</summary>
    private const int MaxSteps = 1 << 18;

    private readonly Definitions _definitions;
    /// <summary>What is known, and while a register is being followed its place among those that are, from 1.</summary>
    private readonly RegisterTable<(KnownBits? Known, int Place)> _facts;
    private readonly LaunchBounds _bounds;
    private readonly Kernel _kernel;
    private int _steps;
    private int _open;

    /// <summary>The lowest place that a cycle led back to; 0 when something was cut short.</summary>
    private int _lowest = int.MaxValue;

    private RegisterBits(Kernel kernel, Definitions definitions)
    {
        _kernel = kernel;
        _bounds = kernel.Bounds;
        _definitions = definitions;
        _facts = new(kernel.RegisterList.Count);
    }

    /// <summary>Analyses a kernel as it stands.</summary>
    /// <param name="kernel">The kernel.</param>
    /// <returns>The analysis.</returns>
    public static RegisterBits Of(Kernel kernel) => new(kernel, Definitions.Of(kernel));

    internal static RegisterBits Of(Kernel kernel, Definitions definitions) => new(kernel, definitions);

    /// <summary>What is known of a register.</summary>
    /// <param name="register">The register.</param>
    /// <returns>Its bits; those beyond its size are known to be zero.</returns>
    public KnownBits Of(Register register) => Of(register, 0);

    /// <summary>What is known of a special register.</summary>
    /// <param name="special">The special register.</param>
    /// <returns>Its bits, by the limits that all launches of the kernel keep.</returns>
    public KnownBits Of(SpecialOperand special) => SpecialRange(special.Register);

    /// <inheritdoc/>
    public override string ToString()
    {
        var text = new StringBuilder();
        foreach (Register register in _kernel.Registers)
        {
            KnownBits bits = Of(register);
            text.Append(CultureInfo.InvariantCulture, $"{register}: known {bits.Mask:x16} value {bits.Value:x16}\n");
        }

        return text.ToString();
    }

    private KnownBits Of(Register register, int depth)
    {
        int size = register.Type.Bits;
        if (!_facts.Covers(register) || size > 64)
        {
            return KnownBits.Unknown;
        }

        (KnownBits? known, int place) = _facts[register];
        if (known is { } found)
        {
            return found;
        }

        ReadOnlySpan<Definition> definitions = _definitions[register];
        if (place > 0 || depth > MaxDepth || ++_steps > MaxSteps)
        {
            _lowest = Math.Min(_lowest, place);
            return KnownBits.Below(size);
        }

        if (definitions.IsEmpty)
        {
            return KnownBits.Below(size);
        }

        int outer = _lowest;
        place = ++_open;
        _lowest = int.MaxValue;
        _facts[register].Place = place;
        KnownBits? result = null;
        foreach ((Instruction definition, _) in definitions)
        {
            KnownBits bits = definition.Guard is null && definition.Writes.Count == 1
                ? Evaluate(definition, depth + 1).Truncate(size)
                : KnownBits.Below(size);
            result = result is { } earlier ? earlier.Meet(bits) : bits;
        }

        // A result found while an outer cycle is being followed may know too little, so it is not kept.
        bool isFinal = _lowest >= place;
        _facts[register] = (isFinal || depth == 0 || definitions.Length == 1 ? result : null, 0);
        _lowest = Math.Min(outer, isFinal ? int.MaxValue : _lowest);
        _open--;
        return result ?? KnownBits.Below(size);
    }

    private KnownBits Of(Operand operand, int size, int depth) => operand switch
    {
        RegisterOperand { IsNegated: false } register => Of(register.Register, depth),
        ImmediateOperand { IsInteger: true } constant => KnownBits.Constant(constant.Bits).Truncate(size),
        SpecialOperand special => SpecialRange(special.Register),
        AddressOfOperand address => Address(address),
        _ => KnownBits.Below(size),
    };

    private KnownBits SpecialRange(SpecialRegister special)
    {
        // Limits of PTX ISA 10.1 to 10.5: at most 1,024 threads a block, 32 lanes a warp.
        long limit = special.Name switch
        {
            "%tid.x" => Extent(0) - 1,
            "%tid.y" => Extent(1) - 1,
            "%tid.z" => Math.Min(Extent(2), 64) - 1,
            "%laneid" => 31,
            "%warpid" => 63,
            "%ntid.x" => Extent(0),
            "%ntid.y" => Extent(1),
            "%ntid.z" => Math.Min(Extent(2), 64),
            _ => -1,
        };
        return limit < 0
            ? KnownBits.Below(special.Type.Bits)
            : KnownBits.Below(64 - System.Numerics.BitOperations.LeadingZeroCount((ulong)limit));
    }

    private long Extent(int dimension)
    {
        IReadOnlyList<long>? extents = _bounds.RequiredThreads;
        return extents is null ? _bounds.MaximumBlockThreads
            : dimension < extents.Count ? extents[dimension]
            : 1;
    }

    private static KnownBits Address(AddressOfOperand address)
    {
        int aligned = System.Numerics.BitOperations.Log2((uint)Math.Max(address.Variable.Alignment, 1));
        KnownBits start = new((1UL << aligned) - 1, 0);
        return KnownBits.Add(start, KnownBits.Constant(unchecked((ulong)address.Offset)));
    }

    private KnownBits Evaluate(Instruction instruction, int depth)
    {
        PtxOpcode opcode = instruction.Opcode;
        int size = opcode.Type?.Bits ?? 64;
        KnownBits Arg(int index) => Of(instruction.Operands[index], size, depth);
        int? Count(int index) => instruction.Operands[index] is ImmediateOperand { Bits: < 64 } c ? (int)c.Bits : null;
        switch (opcode.Mnemonic)
        {
            case "mov" when instruction.Operands[1] is not VectorOperand:
                return Arg(1);
            case "and":
                return KnownBits.And(Arg(1), Arg(2));
            case "or":
                return KnownBits.Or(Arg(1), Arg(2));
            case "xor":
                return KnownBits.Xor(Arg(1), Arg(2));
            case "add" when opcode.Type!.Class == TypeClass.Integer && !opcode.Has("sat"):
                return KnownBits.Add(Arg(1), Arg(2)).Truncate(size);
            case "shl" when Count(2) is { } left:
                return KnownBits.ShiftLeft(Arg(1), left).Truncate(size);
            case "shr" when Count(2) is { } right && !opcode.Type!.IsSigned:
                return KnownBits.ShiftRight(Arg(1), right);
            case "bfe" when Count(2) is { } at && Count(3) is { } length && !opcode.Type!.IsSigned:
                return KnownBits.ShiftRight(Arg(1), at).Truncate(length);
            case "mul" when opcode.Has("wide") && !opcode.Type!.IsSigned && Count(2) is { } factor
                && System.Numerics.BitOperations.IsPow2(factor):
                return KnownBits.ShiftLeft(Arg(1), System.Numerics.BitOperations.Log2((uint)factor));
            case "selp":
                return Arg(1).Meet(Arg(2));
            // A signed result narrower than its register is sign-extended (PTX ISA 9.2.1).
            case "cvt" when opcode.Type is { Class: TypeClass.Integer } && !opcode.Has("sat")
                && !(opcode.Type.IsSigned && instruction.Operands[0] is RegisterOperand { Register.Type: var target }
                    && target.Bits > size)
                && opcode.SourceType is { Class: TypeClass.Integer, IsSigned: false } source:
                return Of(instruction.Operands[1], source.Bits, depth).Truncate(source.Bits).Truncate(size);
            default:
                return KnownBits.Unknown;
        }
    }
}
