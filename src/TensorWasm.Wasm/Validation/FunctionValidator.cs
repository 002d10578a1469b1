namespace TensorWasm.Wasm;

/// <summary>
/// Checks a function body or a constant expression by the algorithm of the specification's appendix A.3: one pass over
/// the bytes with a stack of operand types and a stack of open blocks. An object checks any number of them, one after the
/// other, and keeps its buffers.
/// </summary>
internal sealed partial class FunctionValidator
{
    private readonly ModuleContext _context;
    private readonly ModuleIndexSpaces _spaces;

    // The function in progress.
    private Signature _signature = null!;
    private int _function;
    private int _offset;

    // Of a constant expression: the globals that it may name, and where the functions that it names are noted.
    private bool _isConstant;
    private int _visibleGlobals;

    internal FunctionValidator(ModuleContext context, ModuleIndexSpaces spaces)
    {
        _context = context;
        _spaces = spaces;
    }

    /// <summary>Checks the body of function <paramref name="function"/>.</summary>
    internal void ValidateBody(int function, FunctionBody body)
    {
        _function = function;
        _isConstant = false;
        _offset = body.Offset;
        _signature = _spaces.Functions[function];
        try
        {
            BeginLocals(body);
            Run(body.Code.Span, body.Offset, _signature.Results);
        }
        catch (WasmValidationException error) when (error.Function < 0)
        {
            throw new WasmValidationException(error.Reason, error.Offset < 0 ? _offset : error.Offset, function);
        }
    }

    /// <summary>Checks an expression that is evaluated at instantiation (section 3.4.13).</summary>
    internal void ValidateConstant(ConstantExpression expression, StackType type, int visibleGlobals)
    {
        _function = -1;
        _isConstant = true;
        _visibleGlobals = visibleGlobals;
        _offset = expression.Offset;
        BeginWithoutLocals();
        Run(expression.Code.Span, expression.Offset, ListOf(type));
    }

    private void Run(ReadOnlySpan<byte> code, int offset, StackType[] results)
    {
        _height = 0;
        _depth = 0;
        PushFrame(Opcode.Block, [], results);
        var reader = new CodeReader(code, offset);
        while (_depth > 0)
        {
            _offset = reader.Offset;
            var first = reader.ReadByte();
            ref readonly var rule = ref TypingRule.Of(first);
            if (_isConstant) CheckConstant(first, reader);
            switch (rule.Form)
            {
                case TypingForm.Simple:
                    Apply(in rule);
                    break;
                case TypingForm.WithImmediate:
                    ReadImmediate(ref reader, (ImmediateKind)rule.Immediate, rule.Argument);
                    Apply(in rule);
                    break;
                case TypingForm.Memory:
                    Access(ref reader, in rule);
                    break;
                case TypingForm.Special:
                    ValidateSpecial(ref reader, (Opcode)first);
                    break;
                default:
                    ValidatePrefixed(ref reader, first);
                    break;
            }
        }
        if (!reader.AtEnd) throw reader.MalformedHere("section size mismatch: code after the end of the function");
    }

    private void ValidatePrefixed(ref CodeReader reader, byte first)
    {
        reader.Position--;
        var opcode = reader.ReadOpcode();
        var rule = TypingRule.Of(opcode);
        switch (rule.Form)
        {
            case TypingForm.Simple:
                Apply(in rule);
                break;
            case TypingForm.WithImmediate:
                ReadImmediate(ref reader, (ImmediateKind)rule.Immediate, rule.Argument);
                Apply(in rule);
                break;
            case TypingForm.Memory:
                Access(ref reader, in rule);
                break;
            case TypingForm.Special when first == 0xFB:
                ValidateAggregate(ref reader, opcode);
                break;
            case TypingForm.Special:
                ValidateBulk(ref reader, opcode);
                break;
            default:
                throw InstructionSkipper.IllegalOpcode(opcode, _offset);
        }
    }

    private void ReadImmediate(ref CodeReader reader, ImmediateKind kind, byte argument)
    {
        switch (kind)
        {
            case ImmediateKind.I32:
                reader.ReadS32();
                break;
            case ImmediateKind.I64:
                reader.ReadS64();
                break;
            case ImmediateKind.F32:
                reader.ReadBytes(sizeof(float));
                break;
            case ImmediateKind.F64:
                reader.ReadBytes(sizeof(double));
                break;
            case ImmediateKind.V128:
                reader.ReadBytes(16);
                break;
            case ImmediateKind.Lane:
                CheckLane(reader.ReadByte(), argument);
                break;
            case ImmediateKind.Shuffle:
                foreach (var lane in reader.ReadBytes(16)) CheckLane(lane, 32);
                break;
            default:
                throw new InvalidOperationException($"immediate {kind} does not come with a fixed signature");
        }
    }

    private void CheckLane(byte lane, int lanes)
    {
        if (lane >= lanes) throw Invalid($"invalid lane index {lane}");
    }

    private void CheckConstant(byte first, CodeReader reader)
    {
        var opcode = (Opcode)first;
        if (first is 0xFB or 0xFC or 0xFD)
        {
            reader.Position--;
            opcode = reader.ReadOpcode();
        }
        if (!IsConstant(opcode))
        {
            if (TypingRule.Of(opcode).Form == TypingForm.Illegal) throw InstructionSkipper.IllegalOpcode(opcode, _offset);
            throw Invalid("constant expression required");
        }
    }

    private static bool IsConstant(Opcode opcode) => opcode
        is Opcode.End or Opcode.I32Const or Opcode.I64Const or Opcode.F32Const or Opcode.F64Const or Opcode.V128Const
        or Opcode.I32Add or Opcode.I32Sub or Opcode.I32Mul or Opcode.I64Add or Opcode.I64Sub or Opcode.I64Mul
        or Opcode.GlobalGet or Opcode.RefNull or Opcode.RefFunc or Opcode.RefI31
        or Opcode.StructNew or Opcode.StructNewDefault
        or Opcode.ArrayNew or Opcode.ArrayNewDefault or Opcode.ArrayNewFixed
        or Opcode.AnyConvertExtern or Opcode.ExternConvertAny;

    private WasmValidationException Invalid(string reason) => new(reason, _offset, _function);

    private WasmFormatException Malformed(string reason) => new(reason, _offset);
}
