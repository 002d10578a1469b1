using TensorWasm.Wasm;

namespace TensorWasm.Engine.Compilation;

/// <summary>
/// The last few instructions of a function and where their code begins, for patterns of several instructions. They are
/// counted backwards: 0 is the last one.
/// </summary>
internal struct RecentInstructions
{
    private Entry _0, _1, _2, _3, _4;

    /// <summary>Whether the last instruction leaves 0 or 1 because it masks one bit.</summary>
    internal readonly bool IsBit => _0.Opcode == Wasm.Opcode.I32And && _1 is { Opcode: Wasm.Opcode.I32Const, Value: 1 };

    /// <summary>Whether the last instruction tests one bit, which the two before it masked, for 0.</summary>
    internal readonly bool IsZeroTestOfBit => _0.Opcode switch
    {
        Wasm.Opcode.I32Eqz => _1.Opcode == Wasm.Opcode.I32And && _2 is { Opcode: Wasm.Opcode.I32Const, Value: 1 },
        Wasm.Opcode.I64Eqz => _1.Opcode == Wasm.Opcode.I64And && _2 is { Opcode: Wasm.Opcode.I64Const, Value: 1 },
        _ => false,
    };

    /// <summary>Whether the last instruction compares the same two values that the two before its operands left.</summary>
    internal readonly bool IsExtremum => IsComparison && IsSame(_4, _2) && IsSame(_3, _1) && _3.Opcode != Wasm.Opcode.LocalTee;

    internal readonly Opcode Opcode(int index) => At(index).Opcode;

    /// <summary>The value that the last instruction pushed, if it is a constant.</summary>
    internal readonly long? Constant => _0.Opcode is Wasm.Opcode.I32Const or Wasm.Opcode.I64Const ? _0.Value : null;

    /// <summary>Where the code of an instruction begins.</summary>
    internal readonly int StartOf(int index) => At(index).Start;

    /// <summary>Whether nothing was emitted behind the last instruction, and for it nothing but what it always becomes.</summary>
    internal readonly bool IsLast(int position, int size) => _0.End == position && _0.Start == position - size;

    /// <summary>Whether the last instruction is a strict comparison of i32.</summary>
    internal readonly bool IsComparison =>
        _0.Opcode is Wasm.Opcode.I32LtS or Wasm.Opcode.I32LtU or Wasm.Opcode.I32GtS or Wasm.Opcode.I32GtU;

    /// <summary>Notes an instruction and the code that it became.</summary>
    internal void Add(Opcode opcode, long value, int start, int end)
    {
        _4 = _3;
        _3 = _2;
        _2 = _1;
        _1 = _0;
        _0 = new Entry(opcode, value, start, end);
    }

    /// <summary>Forgets everything: other code may join here.</summary>
    internal void Clear() => this = default;

    private static bool IsSame(Entry value, Entry operand) =>
        value.Value == operand.Value
        && (operand.Opcode == Wasm.Opcode.LocalGet && value.Opcode is Wasm.Opcode.LocalGet or Wasm.Opcode.LocalTee
            || operand.Opcode == Wasm.Opcode.I32Const && value.Opcode == Wasm.Opcode.I32Const);

    private readonly Entry At(int index) => index switch { 0 => _0, 1 => _1, 2 => _2, 3 => _3, _ => _4 };

    private readonly record struct Entry(Opcode Opcode, long Value, int Start, int End);
}
