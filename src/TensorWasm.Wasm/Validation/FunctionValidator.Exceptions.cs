namespace TensorWasm.Wasm;

/// <content>try_table (section 3.4.1).</content>
internal sealed partial class FunctionValidator
{
    private static readonly StackType Exception = StackType.ExnRef.AsNonNull();
    private static readonly StackType[] JustException = [Exception];

    private StackType[] Tag(uint index) =>
        index < (uint)_spaces.Tags.Length ? _spaces.Tags[index] : throw Invalid($"unknown tag {index}");

    private void ValidateTryTable(ref CodeReader reader)
    {
        var block = ReadBlockType(ref reader);
        var clauses = reader.ReadCount(WasmLimits.MaxFunctionSize, "catch clauses", 2);
        for (var i = 0; i < clauses; i++)
        {
            // Bit 0: with the exception itself. Bit 1: of any tag.
            var kind = InstructionSkipper.ReadCatchKind(ref reader);
            var thrown = (kind & 2) == 0 ? Tag(reader.ReadU32()) : [];
            var label = Label(reader.ReadU32());
            var matches = (kind & 1) == 0
                ? _context.Matches(thrown, label)
                : label.Length == thrown.Length + 1
                    && _context.Matches(thrown, label.AsSpan(0, thrown.Length))
                    && _context.Matches(Exception, label[^1]);
            if (!matches)
            {
                throw Invalid(
                    $"type mismatch: catch handler gives {StackTypes.Describe(thrown)}" +
                    ((kind & 1) == 0 ? "" : $" and {StackTypes.Describe(JustException)}") +
                    $" but label has {StackTypes.Describe(label)}");
            }
        }
        PopAll(block.Parameters);
        PushFrame(Opcode.TryTable, block.Parameters, block.Results);
    }
}
