namespace TensorWasm.Wasm;

/// <summary>A row of <see cref="OpcodeTable"/> in eight bytes, as the function validator's inner loop reads it.</summary>
internal readonly struct TypingRule
{
    private static readonly TypingRule[] Plain = new TypingRule[0x100];
    private static readonly TypingRule[] PrefixFB = new TypingRule[0x20];
    private static readonly TypingRule[] PrefixFC = new TypingRule[0x20];
    private static readonly TypingRule[] PrefixFD = new TypingRule[0x120];

    static TypingRule()
    {
        foreach (var info in OpcodeTable.All)
        {
            var sub = (int)info.Opcode & 0xFFF;
            var table = ((int)info.Opcode >> 12) switch
            {
                0xFB => PrefixFB,
                0xFC => PrefixFC,
                0xFD => PrefixFD,
                _ => Plain,
            };
            table[sub] = new TypingRule(info);
        }
    }

    private TypingRule(OpcodeInfo info)
    {
        Immediate = (byte)info.Immediate;
        Argument = (byte)info.Argument;
        Form = FormOf(info);
        if (!info.IsSimple) return;
        var operands = info.Operands.TrimStart('a');
        Pops = (byte)operands.Length;
        Last = operands.Length > 0 ? TypeOf(operands[^1]) : (byte)0;
        SecondLast = operands.Length > 1 ? TypeOf(operands[^2]) : (byte)0;
        ThirdLast = operands.Length > 2 ? TypeOf(operands[^3]) : (byte)0;
        Result = info.Results.Length > 0 && info.Results != "a" ? TypeOf(info.Results[0]) : (byte)0;
    }

    internal TypingForm Form { get; }

    /// <summary>How many operands there are, an address not counted.</summary>
    internal byte Pops { get; }

    internal byte Last { get; }

    internal byte SecondLast { get; }

    internal byte ThirdLast { get; }

    /// <summary>The result's <see cref="StackType"/>; 0 without one.</summary>
    internal byte Result { get; }

    internal byte Immediate { get; }

    /// <summary>See <see cref="OpcodeInfo.Argument"/>.</summary>
    internal byte Argument { get; }

    internal static ref readonly TypingRule Of(byte opcode) => ref Plain[opcode];

    internal static TypingRule Of(Opcode opcode)
    {
        var sub = (int)opcode & 0xFFF;
        var table = ((int)opcode >> 12) switch { 0xFB => PrefixFB, 0xFC => PrefixFC, 0xFD => PrefixFD, _ => Plain };
        return sub < table.Length ? table[sub] : default;
    }

    private static TypingForm FormOf(OpcodeInfo info) => info.Immediate switch
    {
        _ when !info.IsSimple || info.Opcode is Opcode.MemorySize or Opcode.MemoryGrow => TypingForm.Special,
        ImmediateKind.None => TypingForm.Simple,
        ImmediateKind.MemoryArgument or ImmediateKind.MemoryArgumentLane => TypingForm.Memory,
        _ => TypingForm.WithImmediate,
    };

    private static byte TypeOf(char letter) => (byte)(letter switch
    {
        'i' => StackType.I32,
        'l' => StackType.I64,
        'f' => StackType.F32,
        'd' => StackType.F64,
        'v' => StackType.V128,
        _ => throw new InvalidOperationException($"unknown letter {letter} in a signature"),
    });
}
