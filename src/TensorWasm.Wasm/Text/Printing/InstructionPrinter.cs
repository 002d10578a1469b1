using System.Globalization;

namespace TensorWasm.Wasm.Text;

/// <summary>Prints instructions of the binary format, one a line.</summary>
internal sealed partial class InstructionPrinter(TextWriter output, TypePrinter types, ModuleIdentifiers ids)
{
    // Deeper nesting is indented no further, so that the text stays linear in the code.
    private const int MaxIndent = 20;

    private readonly LabelScope _labels = new();
    private IdentifierTable? _locals;
    private Dictionary<int, string>? _labelNames;
    private int _labelCount;

    /// <summary>A function's instructions; the final <c>end</c> is the function's parenthesis.</summary>
    public void PrintBody(FunctionBody body, IdentifierTable? locals, Dictionary<int, string>? labels)
    {
        Start(locals, labels);
        var reader = new CodeReader(body.Code.Span, body.Offset);
        while (Read(ref reader) is { } row)
        {
            if (row.Opcode == Opcode.End) _labels.Pop();
            NewLine(row.Opcode == Opcode.Else ? 1 : 2);
            output.Write(row.Name);
            Immediates(row, ref reader);
        }
    }

    /// <summary>
    /// A constant expression. Instructions stand in parentheses each, if none is a block, as people write them.
    /// </summary>
    /// <param name="expression">The expression.</param>
    /// <param name="single">The keyword around it, where one folded instruction may go without.</param>
    public void PrintExpression(ConstantExpression expression, string? single = null)
    {
        var (count, isFlat) = Survey(expression);
        var wrap = single is not null && (count != 1 || !isFlat);
        if (wrap) output.Write($" ({single}");
        Start(null, null);
        var reader = new CodeReader(expression.Code.Span, expression.Offset);
        while (Read(ref reader) is { } row)
        {
            if (row.Opcode == Opcode.End) _labels.Pop();
            output.Write(isFlat ? " (" : " ");
            output.Write(row.Name);
            Immediates(row, ref reader);
            if (isFlat) output.Write(')');
        }
        if (wrap) output.Write(')');
    }

    private static (int Count, bool IsFlat) Survey(ConstantExpression expression)
    {
        var count = 0;
        var isFlat = true;
        var reader = new CodeReader(expression.Code.Span, expression.Offset);
        var depth = 1;
        while (true)
        {
            var row = InstructionSkipper.ReadOpcode(ref reader);
            if (row.Opcode == Opcode.End && --depth == 0) return (count, isFlat);
            InstructionSkipper.SkipImmediates(ref reader, row);
            count++;
            if (row.Opcode is not (Opcode.Block or Opcode.Loop or Opcode.If or Opcode.TryTable)) continue;
            depth++;
            isFlat = false;
        }
    }

    private void Start(IdentifierTable? locals, Dictionary<int, string>? labels)
    {
        _locals = locals;
        _labelNames = labels;
        _labelCount = 0;
        _labels.Clear();
    }

    /// <summary>The next instruction; null at the end of the sequence.</summary>
    private OpcodeInfo? Read(ref CodeReader reader)
    {
        var start = reader.Offset;
        var row = InstructionSkipper.ReadOpcode(ref reader);
        if (row.Opcode == Opcode.Else && _labels.Count == 0)
        {
            throw new WasmFormatException("END opcode expected", start);
        }
        if (row.Opcode != Opcode.End || _labels.Count > 0) return row;
        return reader.AtEnd ? null : throw new WasmFormatException("END opcode expected", start);
    }

    private void NewLine(int depth)
    {
        output.Write('\n');
        for (var i = Math.Min(_labels.Count + depth, MaxIndent); i > 0; i--) output.Write("  ");
    }

    /// <summary>
    /// A block's label and type; the label is in scope behind what stands between them and the block's body.
    /// </summary>
    private void Block(OpcodeInfo row, ref CodeReader reader)
    {
        var name = _labelNames?.GetValueOrDefault(_labelCount);
        var shown = name is { Length: > 0 } ? Quoting.Identifier(name) : null;
        if (shown is not null) output.Write(" " + shown);
        else if (name is not null) output.Write(" (@name \"\")");
        BlockType(ref reader);
        if (row.Opcode == Opcode.TryTable) CatchClauses(ref reader);
        _labelCount++;
        _labels.Push(shown);
    }

    private void BlockType(ref CodeReader reader)
    {
        var first = reader.PeekByte();
        if (first == 0x40)
        {
            reader.ReadByte();
        }
        else if ((first & 0xC0) == 0x40)
        {
            output.Write($" (result {types.Value(reader.ReadValueType())})");
        }
        else
        {
            var index = reader.ReadS33();
            if (index < 0) throw new WasmFormatException("malformed block type", reader.Offset);
            output.Write($" (type {types.Types[(uint)index]})");
        }
    }

    private void CatchClauses(ref CodeReader reader)
    {
        for (var count = reader.ReadU32(); count > 0; count--)
        {
            var kind = reader.ReadByte();
            output.Write(kind switch
            {
                0 => " (catch ",
                1 => " (catch_ref ",
                2 => " (catch_all ",
                3 => " (catch_all_ref ",
                _ => throw new WasmFormatException("malformed catch clause", reader.Offset - 1),
            });
            if (kind < 2) output.Write(ids.Tags[reader.ReadU32()] + " ");
            output.Write(Label(reader.ReadU32()) + ")");
        }
    }

    private string Label(uint depth) => _labels.IdentifierAt(depth) ?? Number(depth);

    private static string Number(ulong value) => value.ToString(CultureInfo.InvariantCulture);
}
