using TensorWasm.Ptx.Diagnostics;
using TensorWasm.Ptx.Ir;
using TensorWasm.Ptx.Isa;
using TensorWasm.Ptx.Syntax;

namespace TensorWasm.Ptx.Semantics;

/// <summary>Resolves operands and checks them against the instruction form (PTX ISA 6 and 9.2).</summary>
internal sealed class OperandBinder(Func<string, object> resolve)
{
    public Operand[] Bind(PtxOpcode opcode, ArrayView<OperandSyntax> operands)
    {
        ArrayView<OperandSpec> specs = opcode.Operands;
        if (operands.Count > specs.Count || (operands.Count < specs.Count && !specs[operands.Count].IsOptional))
        {
            throw Wrong($"it takes {specs.Count} operands and has {operands.Count}");
        }

        var bound = new Operand[operands.Count];

        // Through a span, since an array asks at each store whether it is one of a derived type.
        Span<Operand> places = bound;
        for (int i = 0; i < places.Length; i++)
        {
            places[i] = Bind(operands[i], specs[i], opcode);
        }

        return bound;
    }

    /// <summary>
    /// Whether a form may take operands, by their number and shape: a cheap question, so that where several forms share a
    /// text the wrong one need not fail first.
    /// </summary>
    public static bool MayTake(PtxOpcode opcode, ArrayView<OperandSyntax> operands)
    {
        if (operands.Count < opcode.RequiredOperands || operands.Count > opcode.Operands.Count)
        {
            return false;
        }

        for (int i = 0; i < operands.Count; i++)
        {
            bool isScalar = opcode.Operands[i] is { Kind: OperandKind.Value, Count: 0 };
            if (isScalar && operands[i] is VectorSyntax { Elements.Count: not 1 })
            {
                return false;
            }
        }

        return true;
    }

    private static BindFailure Wrong(string reason) => new(PtxDiagnosticId.Operand, reason);

    private Operand Bind(OperandSyntax operand, OperandSpec spec, PtxOpcode opcode)
    {
        switch (spec.Kind)
        {
            case OperandKind.Memory:
                return operand is AddressSyntax address
                    ? BindAddress(address, spec.Space)
                    : throw Wrong("an address in brackets is expected");
            case OperandKind.Immediate:
                return BindConstant(operand, spec);
            case OperandKind.Label:
                return operand is NameSyntax { Component: null, Offset: 0 } name && resolve(name.Name) is Label label
                    ? new LabelOperand(label)
                    : throw Wrong("a label is expected");
            case OperandKind.Table:
                return BindTable(operand);
            case OperandKind.Packed when operand is VectorSyntax vector:
                return BindPacked(vector, spec);
            default:
                return BindValue(operand, spec, opcode);
        }
    }

    private Operand BindValue(OperandSyntax operand, OperandSpec spec, PtxOpcode opcode)
    {
        if (spec.PairType is { } second)
        {
            return BindPair(operand, spec, second);
        }

        if (spec.Count == 0)
        {
            // Triton writes {%r1} for a vector of one.
            operand = operand is VectorSyntax { Elements: [var only] } ? only : operand;
            return BindScalar(operand, spec, spec.Type!, opcode.IsRelaxed);
        }

        if (operand is not VectorSyntax vector)
        {
            // A vector of one may stand without braces.
            return spec.Count == 1
                ? BindScalar(operand, spec, spec.Type!, opcode.IsRelaxed)
                : throw Wrong($"a vector of {spec.Count} is expected");
        }

        return vector.Elements.Count == spec.Count
            ? BindElements(vector, spec, spec.Type!, opcode.IsRelaxed)
            : throw Wrong($"a vector of {spec.Count} is expected, this one has {vector.Elements.Count}");
    }

    private VectorOperand BindElements(VectorSyntax vector, OperandSpec spec, PtxType type, bool relaxed)
    {
        var elements = new Operand[vector.Elements.Count];
        Span<Operand> places = elements;
        for (int i = 0; i < places.Length; i++)
        {
            places[i] = BindScalar(vector.Elements[i], spec, type, relaxed);
        }

        return new VectorOperand(elements);
    }

    private Operand BindPair(OperandSyntax operand, OperandSpec spec, PtxType second)
    {
        OperandSpec first = spec with { PairType = null };
        if (operand is not PairSyntax pair)
        {
            return BindScalar(operand, first, spec.Type!, relaxed: false);
        }

        return new PairOperand(
            BindScalar(pair.First, first, spec.Type!, relaxed: false),
            BindScalar(pair.Second, first, second, relaxed: false));
    }

    private Operand BindScalar(OperandSyntax operand, OperandSpec spec, PtxType type, bool relaxed)
    {
        switch (operand)
        {
            case SinkSyntax when spec.IsWritten && !spec.IsRead:
                return new SinkOperand();
            case ImmediateSyntax immediate when !spec.IsWritten && spec.Kind != OperandKind.Descriptor:
                var constant = new ImmediateOperand(immediate.Kind, immediate.Bits);
                return TypeRules.Accepts(constant, type)
                    ? constant
                    : throw Wrong($"the constant {PtxPrinter.Print(immediate)} does not fit .{type}");
            case NegatedSyntax negated when spec.CanNegate:
                return new RegisterOperand(RegisterOf(resolve(negated.Register), negated.Register, type, false), true);
            case NameSyntax name:
                return BindName(name, spec, type, relaxed);
            default:
                throw Wrong($"'{PtxPrinter.Print(operand)}' cannot stand where .{type} is expected");
        }
    }

    private Operand BindName(NameSyntax name, OperandSpec spec, PtxType type, bool relaxed)
    {
        string full = name.Component is null ? name.Name : name.Name + name.Component;
        if (SpecialRegister.Find(full) is { } special && name.Offset == 0)
        {
            return spec.CanBeSpecial && TypeRules.Accepts(special.Type, type, relaxed)
                ? new SpecialOperand(special)
                : throw Wrong($"{full} is read by mov or cvt of its own size only");
        }

        if (name.Component is not null)
        {
            throw Wrong($"'{full}' is no special register that may be read");
        }

        object symbol = resolve(name.Name);
        switch (symbol)
        {
            case Variable variable when spec.CanBeSpecial && type.Class != TypeClass.Float
                && type.Bits >= (variable.Space is StateSpace.Global or StateSpace.Param ? 64 : 32):
                return new AddressOfOperand(variable, name.Offset);
            case FunctionSyntax:
                throw new BindFailure(PtxDiagnosticId.Refused, "the address of a function could be called");
            default:
                return name.Offset == 0
                    ? RegisterOf(symbol, name.Name, type, relaxed).Operand
                    : throw Wrong($"'{name.Name}' is not a variable, so nothing can be added to it");
        }
    }

    private static Register RegisterOf(object symbol, string name, PtxType type, bool relaxed)
    {
        if (symbol is not Register register)
        {
            throw Wrong($"'{name}' is not a register");
        }

        return TypeRules.Accepts(register.Type, type, relaxed)
            ? register
            : throw Wrong($"{name} is .{register.Type}, the instruction wants .{type}");
    }

    private VectorOperand BindPacked(VectorSyntax vector, OperandSpec spec)
    {
        int count = vector.Elements.Count;
        int bits = spec.Type!.Bits;
        if (count is not (2 or 4 or 8) || bits / count < 8)
        {
            throw Wrong($"{count} parts do not make up .{spec.Type}");
        }

        // mov.b32 from four 8-bit parts takes 16-bit registers nowhere: parts have exactly their share.
        PtxType part = PtxType.OfBits(bits / count);
        return BindElements(vector, spec, part, relaxed: false);
    }

    private static ImmediateOperand BindConstant(OperandSyntax operand, OperandSpec spec)
    {
        if (operand is ImmediateSyntax { IsInteger: true } immediate)
        {
            long value = unchecked((long)immediate.Bits);
            if (value >= spec.Minimum && value <= spec.Maximum)
            {
                return new ImmediateOperand(immediate.Kind, immediate.Bits);
            }
        }

        throw Wrong($"a constant from {spec.Minimum} to {spec.Maximum} is expected");
    }

    private TableOperand BindTable(OperandSyntax operand)
    {
        if (operand is not NameSyntax name || resolve(name.Name) is not BranchTable table)
        {
            throw Wrong("the label of a .branchtargets list is expected");
        }

        return new TableOperand([.. table.Labels.Select(target => resolve(target) is Label label
            ? label
            : throw Wrong($"'{target}' in the .branchtargets list is not a label"))]);
    }

    private MemoryOperand BindAddress(AddressSyntax address, StateSpace space)
    {
        if (address.Base is null)
        {
            throw new BindFailure(PtxDiagnosticId.Refused, "an absolute address belongs to no variable");
        }

        if (address.Offset is < int.MinValue or > int.MaxValue)
        {
            throw Wrong($"the offset {address.Offset} does not fit 32 bits (PTX ISA 6.4.1)");
        }

        object symbol = resolve(address.Base);
        if (symbol is Register register)
        {
            bool wide = register.Type.Bits == 64;
            bool allowed = register.Type.Class is TypeClass.Bits or TypeClass.Integer
                && (wide || (register.Type.Bits == 32 && space is not (StateSpace.Generic or StateSpace.Global)));
            return allowed
                ? new MemoryOperand(register, null, address.Offset)
                : throw Wrong($"{address.Base} is .{register.Type}, which is no .{space.Name()} address");
        }

        if (symbol is not Variable variable)
        {
            throw Wrong($"'{address.Base}' has no address");
        }

        return variable.Space == space
            ? new MemoryOperand(null, variable, address.Offset)
            : throw Wrong($"'{variable.Name}' lies in .{variable.Space.Name()}, the access is to .{space.Name()}");
    }
}
