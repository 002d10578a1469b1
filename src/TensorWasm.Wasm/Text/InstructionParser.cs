namespace TensorWasm.Wasm.Text;

/// <summary>
/// Encodes instruction sequences, folded or not (section 6.5). Nesting lives in a list of frames, never on the stack,
/// so its depth is bounded by memory alone. A folded instruction waits in a second buffer until its operands are
/// written.
/// </summary>
internal sealed partial class InstructionParser(TokenReader reader, ModuleParser module)
{
    private readonly ByteWriter _code = new();
    private readonly ByteWriter _pending = new();
    private readonly ByteWriter _scratch = new();
    private readonly List<Frame> _frames = [];
    private readonly LabelScope _labels = new();
    private LocalSpace _locals = new();
    private int _labelCount;

    /// <summary>Whether any instruction so far names a data segment.</summary>
    public bool NamesData { get; private set; }

    /// <summary>The label names of the last body, by label index; null if it has none.</summary>
    public Dictionary<int, string>? LabelNames { get; private set; }

    /// <summary>A function body, up to the parenthesis that closes the function.</summary>
    public byte[] ParseBody(LocalSpace locals) => Parse(locals, single: false);

    /// <summary>A constant expression, up to the parenthesis that closes it.</summary>
    public byte[] ParseExpression() => Parse(new LocalSpace(), single: false);

    /// <summary>A constant expression of one folded instruction.</summary>
    public byte[] ParseFolded()
    {
        if (reader.Kind != TokenKind.Open) throw reader.Unexpected();
        return Parse(new LocalSpace(), single: true);
    }

    /// <summary>The expression <c>ref.func x</c>.</summary>
    public static byte[] FunctionReference(int index)
    {
        var code = new ByteWriter();
        code.Opcode(Opcode.RefFunc);
        code.Unsigned((uint)index);
        code.Opcode(Opcode.End);
        return code.Written.ToArray();
    }

    private byte[] Parse(LocalSpace locals, bool single)
    {
        _locals = locals;
        _code.Clear();
        _pending.Clear();
        _labels.Clear();
        _frames.Clear();
        _frames.Add(new Frame(FrameKind.Root));
        _labelCount = 0;
        LabelNames = null;
        do
        {
            var inOperands = _frames[^1].Kind
                is FrameKind.Folded or FrameKind.Condition or FrameKind.AfterThen or FrameKind.AfterElse;
            if (reader.Kind == TokenKind.Open)
            {
                ParseOpen();
            }
            else if (reader.Kind == TokenKind.Close)
            {
                if (_frames.Count == 1) break;
                CloseFolded();
            }
            else if (reader.Kind == TokenKind.Keyword && !inOperands)
            {
                ParsePlain();
            }
            else
            {
                throw reader.Unexpected();
            }
        }
        while (!single || _frames.Count > 1);
        _code.Opcode(Opcode.End);
        return _code.Written.ToArray();
    }

    /// <summary>A parenthesis: a folded instruction, or a branch of a folded if.</summary>
    private void ParseOpen()
    {
        var top = _frames[^1];
        if (top.Kind == FrameKind.Condition && reader.TryOpen("then"u8))
        {
            _pending.MoveTo(_code, top.Pending);
            EnterLabel(top.Label, top.Name);
            _frames[^1] = top with { Kind = FrameKind.Then };
            return;
        }
        if (top.Kind is FrameKind.AfterThen && reader.TryOpen("else"u8))
        {
            _code.Opcode(Opcode.Else);
            _frames[^1] = top with { Kind = FrameKind.Else };
            return;
        }
        reader.Open();
        if (top.Kind is FrameKind.AfterThen or FrameKind.AfterElse) throw reader.Unexpected();
        var row = Instruction();
        reader.Advance();
        switch (row.Opcode)
        {
            case Opcode.Block or Opcode.Loop or Opcode.TryTable:
                var (id, name) = LabelId();
                _code.Opcode(row.Opcode);
                BlockImmediates(row.Opcode, _code);
                EnterLabel(id, name);
                _frames.Add(new Frame(FrameKind.FoldedBlock, 0, id, name));
                break;
            case Opcode.If:
                (id, name) = LabelId();
                _frames.Add(new Frame(FrameKind.Condition, _pending.Length, id, name));
                _pending.Opcode(Opcode.If);
                BlockType(_pending);
                break;
            default:
                _frames.Add(new Frame(FrameKind.Folded, _pending.Length));
                Encode(row, _pending);
                break;
        }
    }

    /// <summary>A parenthesis closes a folded construct.</summary>
    private void CloseFolded()
    {
        var top = _frames[^1];
        switch (top.Kind)
        {
            case FrameKind.Folded:
                _pending.MoveTo(_code, top.Pending);
                _frames.RemoveAt(_frames.Count - 1);
                break;
            case FrameKind.Then:
                _frames[^1] = top with { Kind = FrameKind.AfterThen };
                break;
            case FrameKind.Else:
                _frames[^1] = top with { Kind = FrameKind.AfterElse };
                break;
            case FrameKind.FoldedBlock or FrameKind.AfterThen or FrameKind.AfterElse:
                EndBlock();
                break;
            default:
                throw reader.Unexpected();
        }
        reader.Close();
    }

    private void ParsePlain()
    {
        var top = _frames[^1];
        if (reader.IsKeyword("end"u8) && top.Kind is FrameKind.Block or FrameKind.If)
        {
            reader.Advance();
            MatchLabel(top.Label);
            EndBlock();
            return;
        }
        if (reader.IsKeyword("else"u8) && top.Kind == FrameKind.If)
        {
            reader.Advance();
            MatchLabel(top.Label);
            _code.Opcode(Opcode.Else);
            _frames[^1] = top with { Kind = FrameKind.Block };
            return;
        }
        var row = Instruction();
        reader.Advance();
        if (row.Opcode is not (Opcode.Block or Opcode.Loop or Opcode.If or Opcode.TryTable))
        {
            Encode(row, _code);
            return;
        }
        var (id, name) = LabelId();
        _code.Opcode(row.Opcode);
        BlockImmediates(row.Opcode, _code);
        EnterLabel(id, name);
        _frames.Add(new Frame(row.Opcode == Opcode.If ? FrameKind.If : FrameKind.Block, 0, id, name));
    }

    private OpcodeInfo Instruction()
    {
        var row = reader.Kind == TokenKind.Keyword ? Keywords.Instruction(reader.Text(reader.Current)) : null;
        return row is null or { Opcode: Opcode.End or Opcode.Else } ? throw reader.Unexpected() : row;
    }

    private (string? Id, string? Name) LabelId()
    {
        var id = reader.TryIdentifier();
        return (id, Annotations.NameBefore(reader) ?? id);
    }

    private void EnterLabel(string? id, string? name)
    {
        if (name is not null) (LabelNames ??= [])[_labelCount] = name;
        _labelCount++;
        _labels.Push(id);
    }

    private void MatchLabel(string? label)
    {
        var token = reader.Current;
        if (reader.TryIdentifier() is { } id && id != label)
        {
            throw reader.Source.Error($"mismatching label ${id}", token.Start);
        }
    }

    private void EndBlock()
    {
        _labels.Pop();
        _frames.RemoveAt(_frames.Count - 1);
        _code.Opcode(Opcode.End);
    }
}
