using System.Reflection.Metadata;
using TensorWasm.Wasm;

namespace TensorWasm.Engine.Compilation;

/// <content>
/// Selects (section 4.6.5). Compilers write them where they expect a branch to be mispredicted, and RyuJIT makes conditional
/// moves of branches only outside of loops. So integers are selected without a branch there, by a mask; where a comparison
/// gives the condition, the mask is the sign of a difference that cannot overflow.
/// </content>
internal sealed partial class FunctionCompiler
{
    /// <summary>Bytes of the CIL instruction that compares.</summary>
    private const int ComparisonSize = 2;

    private const int MaxLocalsOfSelects = 128;

    private int _selects;

    private void CompileSelect()
    {
        var kind = Peek(1);
        Need(1);
        HideCondition();
        if (kind is ValueKind.I32 or ValueKind.I64 && IsInLoop)
        {
            if (!TryCompileExtremum(kind)) CompileIntegerSelect(kind);
            return;
        }
        Need(3);
        var condition = Scratch(ValueKind.I32);
        var second = Scratch(kind, 1);
        var first = LocalOfSelect(kind);
        _il.Stloc(condition);
        _il.Stloc(second);
        _il.Stloc(first);
        Pop(3);
        Flush();
        var done = _il.DefineLabel();
        _il.Ldloc(condition);
        _il.Branch(ILOpCode.Brtrue, done);
        _il.Ldloc(second);
        _il.Stloc(first);
        _il.Mark(done);
        _il.Ldloc(first);
        Push(kind);
    }

    /// <summary>
    /// A local for the result of a branch: a new one each time, up to a limit, since RyuJIT would copy from one that many share.
    /// </summary>
    private int LocalOfSelect(ValueKind kind) => _selects++ < MaxLocalsOfSelects ? NewLocal(ClrTypes.Of(kind)) : Scratch(kind, 2);

    /// <summary>(first &amp; mask) | (second &amp; ~mask), where the mask has all bits set or none.</summary>
    private void CompileIntegerSelect(ValueKind kind)
    {
        Need(3);
        var mask = Scratch(kind, 1);
        var second = Scratch(kind, 2);
        EmitMask(kind);
        _il.Stloc(mask);
        _il.Ldloc(mask);
        _il.Op(ILOpCode.Not);
        _il.Op(ILOpCode.And);
        _il.Stloc(second);
        _il.Ldloc(mask);
        _il.Op(ILOpCode.And);
        _il.Ldloc(second);
        _il.Op(ILOpCode.Or);
        Pop(3);
        Push(kind);
    }

    /// <summary>Turns the condition on the CIL stack into a mask: all bits set where it is not 0.</summary>
    private void EmitMask(ValueKind kind)
    {
        if (_recent.IsComparison && _recent.IsLast(_il.Length, ComparisonSize))
        {
            // The comparison's operands are still there when its instruction is taken back.
            _il.TakeBack(_recent.StartOf(0));
            EmitSignOfDifference(_recent.Opcode(0));
            if (kind == ValueKind.I32) _il.Op(ILOpCode.Conv_i4);
            return;
        }
        if (_recent.IsZeroTestOfBit && _recent.IsLast(_il.Length, _recent.Opcode(0) == Opcode.I64Eqz ? ComparisonSize + 2 : ComparisonSize + 1))
        {
            // The bit itself, less 1.
            var is64 = _recent.Opcode(0) == Opcode.I64Eqz;
            _il.TakeBack(_recent.StartOf(0));
            _il.Op(ILOpCode.Ldc_i4_1);
            if (is64) _il.Op(ILOpCode.Conv_i8);
            _il.Op(ILOpCode.Sub);
            if (is64 && kind == ValueKind.I32) _il.Op(ILOpCode.Conv_i4);
            if (!is64 && kind == ValueKind.I64) _il.Op(ILOpCode.Conv_i8);
            return;
        }
        if (!NumericTable.YieldsBoolean(_previous) && !_recent.IsBit)
        {
            _il.Op(ILOpCode.Ldc_i4_0);
            _il.Op(ILOpCode.Cgt_un);
        }
        _il.Op(ILOpCode.Neg);
        if (kind == ValueKind.I64) _il.Op(ILOpCode.Conv_i8);
    }

    /// <summary>
    /// Takes two i32 and leaves an i64 that is -1 where the comparison holds and 0 where not: as 64-bit numbers their
    /// difference has the right sign.
    /// </summary>
    private void EmitSignOfDifference(Opcode comparison)
    {
        EmitDifference(comparison, out _);
        _il.LdcI4(63);
        _il.Op(ILOpCode.Shr);
    }

    /// <summary>first - second for "less", second - first for "greater"; below 0 exactly where the comparison holds.</summary>
    private void EmitDifference(Opcode comparison, out int second)
    {
        var widen = comparison is Opcode.I32LtU or Opcode.I32GtU ? ILOpCode.Conv_u8 : ILOpCode.Conv_i8;
        second = Scratch(ValueKind.I64, 3);
        _il.Op(widen);
        _il.Stloc(second);
        _il.Op(widen);
        if (comparison is Opcode.I32LtS or Opcode.I32LtU)
        {
            _il.Ldloc(second);
            _il.Op(ILOpCode.Sub);
            return;
        }
        var first = Scratch(ValueKind.I64, 0);
        _il.Stloc(first);
        _il.Ldloc(second);
        _il.Ldloc(first);
        _il.Op(ILOpCode.Sub);
    }

    /// <summary>
    /// A minimum or maximum, where the values that are selected are those that are compared: second + (difference &amp; its
    /// sign).
    /// </summary>
    private bool TryCompileExtremum(ValueKind kind)
    {
        if (kind != ValueKind.I32 || _onIl < 3 || !_recent.IsExtremum || !_recent.IsLast(_il.Length, ComparisonSize)) return false;

        // What remains are the values themselves.
        _il.TakeBack(_recent.StartOf(2));
        var comparison = _recent.Opcode(0);
        var difference = Scratch(ValueKind.I64, 1);
        EmitDifference(comparison, out var second);
        _il.Op(ILOpCode.Dup);
        _il.Stloc(difference);
        _il.Ldloc(difference);
        _il.LdcI4(63);
        _il.Op(ILOpCode.Shr);
        _il.Op(ILOpCode.And);
        if (comparison is Opcode.I32LtS or Opcode.I32LtU)
        {
            _il.Ldloc(second);
            _il.Op(ILOpCode.Add);
        }
        else
        {
            var chosen = Scratch(ValueKind.I64, 1);
            _il.Stloc(chosen);
            _il.Ldloc(second);
            _il.Ldloc(chosen);
            _il.Op(ILOpCode.Sub);
        }
        _il.Op(ILOpCode.Conv_i4);
        Pop(3);
        Push(kind);
        return true;
    }
}
