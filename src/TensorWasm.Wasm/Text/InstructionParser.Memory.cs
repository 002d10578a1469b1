using System.Numerics;

namespace TensorWasm.Wasm.Text;

/// <content>Memory arguments and lanes.</content>
internal sealed partial class InstructionParser
{
    // Bit 6 of the alignment field says that a memory index follows (section 5.4.6).
    private const uint HasMemory = 0x40;

    /// <summary><c>offset=n align=n</c>, each optional.</summary>
    private void MemoryArgument(OpcodeInfo row, uint memory, ByteWriter code)
    {
        var offset = Setting("offset="u8) ?? 0;
        var token = reader.Current;
        var alignment = Setting("align="u8) ?? (ulong)row.Argument;
        if (!BitOperations.IsPow2(alignment))
        {
            throw reader.Source.Error("alignment must be a power of two", token.Start);
        }
        code.Unsigned((uint)BitOperations.Log2(alignment) | (memory != 0 ? HasMemory : 0));
        if (memory != 0) code.Unsigned(memory);
        code.Unsigned(offset);
    }

    /// <summary>The number in a word such as <c>offset=8</c>.</summary>
    private ulong? Setting(ReadOnlySpan<byte> prefix)
    {
        var token = reader.Current;
        if (token.Kind != TokenKind.Keyword || !reader.Text(token).StartsWith(prefix)) return null;
        var digits = reader.Text(token)[prefix.Length..];
        var isNumber = !digits.IsEmpty && Literals.Classify(digits) == TokenKind.Natural;
        if (!isNumber) throw reader.Source.Error($"unknown operator {reader.Show(token)}", token.Start);
        var value = Literals.Natural(digits) ?? throw reader.Source.Error("i64 constant out of range", token.Start);
        reader.Advance();
        return value;
    }

    /// <summary>
    /// An optional memory before a lane: a number is the memory only if something else follows before the lane.
    /// </summary>
    private uint LaneMemory()
    {
        var ahead = reader.Ahead;
        var isMemory = reader.Kind == TokenKind.Identifier || (reader.Kind == TokenKind.Natural
            && (ahead.Kind == TokenKind.Natural || (ahead.Kind == TokenKind.Keyword
                && (reader.Text(ahead).StartsWith("offset="u8) || reader.Text(ahead).StartsWith("align="u8)))));
        return isMemory ? module.MemorySpace.Resolve(reader) : 0;
    }

    private byte Lane()
    {
        var token = reader.Expect(TokenKind.Natural);
        return (byte)(Literals.Integer(reader.Text(token), 8)
            ?? throw reader.Source.Error("i8 constant out of range", token.Start));
    }

    private void Shuffle(ByteWriter code)
    {
        var start = reader.Current.Start;
        var count = 0;
        for (; Constants.IsNumber(reader.Current); count++)
        {
            if (count == 16) throw reader.Source.Error("invalid lane length", start);
            if (reader.Kind != TokenKind.Natural)
            {
                throw reader.Source.Error("i8 constant out of range", reader.Current.Start);
            }
            code.Byte(Lane());
        }
        if (count != 16) throw reader.Source.Error("invalid lane length", start);
    }
}
