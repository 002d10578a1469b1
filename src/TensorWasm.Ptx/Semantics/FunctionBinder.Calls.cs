using TensorWasm.Ptx.Diagnostics;
using TensorWasm.Ptx.Ir;
using TensorWasm.Ptx.Isa;
using TensorWasm.Ptx.Syntax;

namespace TensorWasm.Ptx.Semantics;

/// <summary>
/// Calls (PTX ISA 9.7.12.4). Every call is inlined: without call frames there are no return addresses in local memory
/// that an overflow could reach, and each analysis sees the whole kernel.
/// </summary>
internal sealed partial class FunctionBinder
{
    private void BindCall(InstructionSyntax syntax, Guard? guard)
    {
        if (syntax.Opcode is not ("call" or "call.uni"))
        {
            throw Unknown(syntax.Opcode);
        }

        (ArrayView<OperandSyntax> results, FunctionSyntax callee, ArrayView<OperandSyntax> arguments) =
            ReadCall(syntax);
        Label continuation = _kernel.NewLabel("$tw_return");
        if (guard is not null)
        {
            var skip = new Guard(guard.Register, !guard.IsNegated);
            Emit("bra", [new LabelOperand(continuation)], skip, syntax.Position, "a guarded call");
        }

        var scope = new Scope(_module.Scope);
        List<(Register Target, Register Source)> copies = [];
        BindFormals(callee.Parameters, arguments, scope, syntax.Position, null);
        BindFormals(callee.Returns, results, scope, syntax.Position, copies);
        Label? outerReturn = _return;
        _return = continuation;
        _calls.Add(callee);
        BindBlock(callee.Body!, scope);
        _calls.RemoveAt(_calls.Count - 1);
        _return = outerReturn;
        // A value returned in a register is copied where the callee's returns meet; a guarded call skips only the
        // body, so the copy stands under the guard too.
        _items.Add(new CodeItem(continuation, null));
        foreach ((Register target, Register source) in copies)
        {
            Emit(MoveName(target.Type), [new RegisterOperand(target), new RegisterOperand(source)], guard, syntax.Position);
        }
    }

    private static string MoveName(PtxType type) => type == PtxType.Pred ? "mov.pred" : $"mov.b{type.Bits}";

    private (ArrayView<OperandSyntax> Results, FunctionSyntax Callee, ArrayView<OperandSyntax> Arguments)
        ReadCall(InstructionSyntax syntax)
    {
        ArrayView<OperandSyntax> operands = syntax.Operands;
        int at = 0;
        ArrayView<OperandSyntax> results = default;
        if (operands.Count > 0 && operands[0] is ArgumentListSyntax list)
        {
            results = list.Arguments;
            at = 1;
        }

        if (at >= operands.Count || operands[at] is not NameSyntax name)
        {
            throw new BindFailure(PtxDiagnosticId.Syntax, "the call names no function");
        }

        ArrayView<OperandSyntax> arguments = default;
        if (at + 1 < operands.Count && operands[at + 1] is ArgumentListSyntax given)
        {
            arguments = given.Arguments;
            at++;
        }

        if (Resolve(name.Name) is not FunctionSyntax callee || at + 1 != operands.Count)
        {
            throw new BindFailure(PtxDiagnosticId.Refused, "an indirect call can reach any address");
        }

        if (++_inlined > MaxInlinedCalls)
        {
            throw new BindFailure(
                PtxDiagnosticId.Limit, $"the kernel has more than {MaxInlinedCalls} calls once calls are inlined");
        }

        CheckCallee(callee, results.Count, arguments.Count);
        return (results, callee, arguments);
    }

    private void CheckCallee(FunctionSyntax callee, int results, int arguments)
    {
        if (callee.IsEntry || callee.Body is null)
        {
            throw new BindFailure(
                PtxDiagnosticId.Refused, $"'{callee.Name}' is not a function whose body is in this module");
        }

        if (_calls.Contains(callee) || _calls.Count >= MaxCallDepth)
        {
            throw new BindFailure(
                PtxDiagnosticId.Refused, $"calls that are recursive or {MaxCallDepth} deep cannot be inlined");
        }

        if (results != callee.Returns.Count || arguments != callee.Parameters.Count)
        {
            throw new BindFailure(
                PtxDiagnosticId.Operand,
                $"'{callee.Name}' takes {callee.Parameters.Count} and returns {callee.Returns.Count} values");
        }
    }

    /// <summary>Binds formals to what the caller passed; <paramref name="copies"/> is null for inputs.</summary>
    private void BindFormals(
        IReadOnlyList<ParameterSyntax> formals,
        ArrayView<OperandSyntax> actuals,
        Scope scope,
        SourcePosition position,
        List<(Register Target, Register Source)>? copies)
    {
        for (int i = 0; i < formals.Count; i++)
        {
            object? actual = actuals[i] is NameSyntax { Component: null, Offset: 0 } name ? Resolve(name.Name) : null;
            scope.Declare(formals[i].Name, actual is CallSlot slot
                ? PassSlot(formals[i], slot)
                : PassValue(formals[i], actual as Register, actuals[i], position, copies));
        }
    }

    private static CallSlot PassSlot(ParameterSyntax formal, CallSlot slot) =>
        formal.Space == ".param" && SignatureBinder.Size(formal) == slot.Size
            ? slot
            : throw new BindFailure(PtxDiagnosticId.Operand, $"the argument for '{formal.Name}' has another size");

    private object PassValue(
        ParameterSyntax formal,
        Register? actual,
        OperandSyntax syntax,
        SourcePosition position,
        List<(Register Target, Register Source)>? copies)
    {
        PtxType type = formal.Space == ".reg" ? RegisterType(formal.Type) : VariableBinder.ElementType(formal.Type);
        if (formal.ArrayLength is not null || type.Bits is not (1 or 16 or 32 or 64))
        {
            throw new BindFailure(PtxDiagnosticId.Operand, $"the argument for '{formal.Name}' must be a .param variable");
        }

        Register register = NewRegister(type == PtxType.Pred ? type : PtxType.OfBits(type.Bits), "%tw_arg");
        if (copies is not null)
        {
            copies.Add((actual ?? throw new BindFailure(PtxDiagnosticId.Operand, "a result needs a register"), register));
        }

        Operand? value = actual is not null ? new RegisterOperand(actual)
            : syntax is ImmediateSyntax immediate ? new ImmediateOperand(immediate.Kind, immediate.Bits)
            : null;
        if (value is null || (actual is not null && actual.Type.Bits != register.Type.Bits)
            || (value is ImmediateOperand constant && !TypeRules.Accepts(constant, type)))
        {
            throw new BindFailure(PtxDiagnosticId.Operand, $"the argument for '{formal.Name}' has another type");
        }

        if (copies is null)
        {
            Emit(MoveName(register.Type), [new RegisterOperand(register), value], null, position, "an argument");
        }

        if (formal.Space == ".reg")
        {
            return register;
        }

        var slot = new CallSlot(formal.Name, type.Bytes);
        slot.Place(0, type.Bytes, () => register);
        return slot;
    }

    /// <summary>Turns ld.param and st.param of a call parameter into register moves.</summary>
    private bool TryBindSlotAccess(InstructionSyntax syntax, PtxOpcode opcode, Guard? guard)
    {
        if (opcode.Effect is not (Effect.Load or Effect.Store) || opcode.Space != StateSpace.Param)
        {
            return false;
        }

        bool load = opcode.Effect == Effect.Load;
        if (syntax.Operands.Count != 2 || syntax.Operands[load ? 1 : 0] is not AddressSyntax { Base: { } name } address
            || Resolve(name) is not CallSlot slot)
        {
            return false;
        }

        BindSlotAccess(syntax, opcode, slot, address.Offset, load, guard);
        return true;
    }

    private void BindSlotAccess(
        InstructionSyntax syntax, PtxOpcode opcode, CallSlot slot, long offset, bool load, Guard? guard)
    {
        OperandSyntax value = syntax.Operands[load ? 0 : 1];
        OperandSyntax[] elements = value is VectorSyntax vector ? [.. vector.Elements] : [value];
        if (elements.Length != opcode.Vector)
        {
            throw new BindFailure(PtxDiagnosticId.Operand, $"a vector of {opcode.Vector} is expected");
        }

        PtxType type = opcode.Type!;
        for (int i = 0; i < elements.Length; i++)
        {
            Register place = slot.Place(
                offset + (i * type.Bytes),
                type.Bytes,
                () => NewRegister(PtxType.OfBits(Math.Max(type.Bits, 16)), "%tw_slot"));
            MoveSlot(elements[i], place, type, load, guard, syntax.Position);
        }
    }

    private void MoveSlot(
        OperandSyntax element, Register place, PtxType type, bool load, Guard? guard, SourcePosition position)
    {
        var slot = new RegisterOperand(place);
        if (element is ImmediateSyntax immediate && !load)
        {
            var constant = new ImmediateOperand(immediate.Kind, immediate.Bits);
            if (!TypeRules.Accepts(constant, type) && !TypeRules.Accepts(constant, place.Type))
            {
                throw new BindFailure(PtxDiagnosticId.Operand, $"the constant does not fit .{type}");
            }

            Emit($"mov.b{place.Type.Bits}", [slot, constant], guard, position);
            return;
        }

        if (element is SinkSyntax && load)
        {
            return;
        }

        if (element is not NameSyntax name || Resolve(name.Name) is not Register register
            || !TypeRules.Accepts(register.Type, type, relaxed: true))
        {
            throw new BindFailure(PtxDiagnosticId.Operand, $"a register for .{type} is expected");
        }

        var other = new RegisterOperand(register);
        string sign = type.IsSigned ? "s" : "u";
        string opcode = register.Type.Bits == type.Bits
            ? $"mov.b{type.Bits}"
            : load ? $"cvt.{sign}{register.Type.Bits}.{sign}{type.Bits}"
            : register.Type.Bits == place.Type.Bits ? $"mov.b{place.Type.Bits}"
            : $"cvt.u{place.Type.Bits}.u{register.Type.Bits}";
        Emit(opcode, load ? [other, slot] : [slot, other], guard, position);
    }
}
