using System.Diagnostics.CodeAnalysis;

namespace TensorWasm.Wasm;

/// <summary>All instructions by opcode and by name.</summary>
public static partial class OpcodeTable
{
    private const int PrefixedSlots = 0x120;

    private static readonly OpcodeInfo?[] Plain;
    private static readonly OpcodeInfo?[] PrefixFB;
    private static readonly OpcodeInfo?[] PrefixFC;
    private static readonly OpcodeInfo?[] PrefixFD;

    // In a constructor, since the order of field initialisers across files is not defined and all of these need Rows.
    static OpcodeTable()
    {
        Plain = Slots(0, 256);
        PrefixFB = Slots(0xFB, PrefixedSlots);
        PrefixFC = Slots(0xFC, PrefixedSlots);
        PrefixFD = Slots(0xFD, PrefixedSlots);
    }

    /// <summary>Every row, in opcode order.</summary>
    public static IReadOnlyList<OpcodeInfo> All => Rows;

    /// <summary>The row of <paramref name="opcode"/>; false for a byte sequence that is no instruction.</summary>
    public static bool TryGet(Opcode opcode, [NotNullWhen(true)] out OpcodeInfo? info)
    {
        var code = (uint)opcode;
        var sub = code & 0xFFF;
        var slots = (code >> 12) switch { 0 => Plain, 0xFB => PrefixFB, 0xFC => PrefixFC, 0xFD => PrefixFD, _ => null };
        info = slots is not null && sub < (uint)slots.Length ? slots[sub] : null;
        return info is not null;
    }

    /// <summary>The row of an instruction that is known to exist.</summary>
    public static OpcodeInfo Get(Opcode opcode) =>
        TryGet(opcode, out var info) ? info : throw new ArgumentOutOfRangeException(nameof(opcode), opcode, "not an instruction");

    private static OpcodeInfo?[] Slots(int prefix, int count)
    {
        var slots = new OpcodeInfo?[count];
        foreach (var row in Rows)
        {
            if ((int)row.Opcode >> 12 == prefix) slots[(int)row.Opcode & 0xFFF] = row;
        }
        return slots;
    }
}
