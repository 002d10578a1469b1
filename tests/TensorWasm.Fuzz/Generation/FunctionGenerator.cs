using TensorWasm.Wasm;

namespace TensorWasm.Fuzz;

/// <summary>Makes one function's body: statements that leave the operand stack as it was, then the results.</summary>
internal sealed partial class FunctionGenerator
{
    private const int MaxNesting = 5;
    private const int CallCost = 10;

    private readonly ModuleGenerator _module;
    private readonly Choices _choices;
    private readonly FunctionShape _shape;
    private readonly ByteWriter _code = new();
    private readonly ByteWriter _trash = new();
    private readonly ConstantWriter _constants;
    private readonly List<char> _locals;

    // What a branch to each enclosing label carries, outermost first: the function's results.
    private readonly List<string> _labels;
    private readonly Dictionary<char, int> _temporaries = [];
    private int _assignable;
    private int _budget = 40;

    internal FunctionGenerator(ModuleGenerator module, Choices choices, FunctionShape shape)
    {
        _module = module;
        _choices = choices;
        _shape = shape;
        _constants = new ConstantWriter(_code, choices);
        _locals = [.. shape.Parameters];
        _labels = [shape.Results];
    }

    /// <summary>The function's entry in the code section.</summary>
    internal byte[] Generate()
    {
        foreach (var type in "ilfdvr")
        {
            for (var i = _choices.Below(3); i >= 0; i--) _locals.Add(type);
        }
        _assignable = _locals.Count;
        TakeFuel(CallCost);
        for (var i = 2 + _choices.Below(8); i > 0; i--) Statement(0);
        foreach (var result in _shape.Results) Expression(result, 3);
        _code.Opcode(Opcode.End);

        var body = new ByteWriter();
        var declared = _locals[_shape.Parameters.Length..];
        body.Index(declared.Count);
        foreach (var local in declared)
        {
            body.Index(1);
            body.Byte(ModuleGenerator.CodeOf(local));
        }
        body.Bytes(_code.Written);
        return body.Written.ToArray();
    }

    private void Op(Opcode opcode) => _code.Opcode(opcode);

    private void Op(Opcode opcode, int immediate)
    {
        _code.Opcode(opcode);
        _code.Index(immediate);
    }

    private void I32(int value)
    {
        _code.Opcode(Opcode.I32Const);
        _code.Signed(value);
    }

    private int NewLocal(char type)
    {
        _locals.Add(type);
        return _locals.Count - 1;
    }

    private int Temporary(char type)
    {
        if (!_temporaries.TryGetValue(type, out var local)) _temporaries[type] = local = NewLocal(type);
        return local;
    }

    /// <summary>A local that the generator does not use itself; -1 when there is none of that type.</summary>
    private int Local(char type)
    {
        var start = _choices.Below(_assignable);
        for (var i = 0; i < _assignable; i++)
        {
            var local = (start + i) % _assignable;
            if (_locals[local] == type) return local;
        }
        return -1;
    }

    private int Global(char type)
    {
        var start = _choices.Below(_module.Globals.Count);
        for (var i = 0; i < _module.Globals.Count; i++)
        {
            var global = (start + i) % _module.Globals.Count;
            if (global != ModuleGenerator.FuelGlobal && _module.Globals[global] == type) return global;
        }
        return -1;
    }

    private void TakeFuel(int amount)
    {
        Op(Opcode.GlobalGet, ModuleGenerator.FuelGlobal);
        I32(amount);
        Op(Opcode.I32LtS);
        Op(Opcode.If);
        _code.Byte(0x40);
        Op(Opcode.Unreachable);
        Op(Opcode.End);
        Op(Opcode.GlobalGet, ModuleGenerator.FuelGlobal);
        I32(amount);
        Op(Opcode.I32Sub);
        Op(Opcode.GlobalSet, ModuleGenerator.FuelGlobal);
    }

    /// <summary>One statement. The generator's choices do not depend on whether it is left out afterwards.</summary>
    private void Statement(int nesting)
    {
        _budget--;
        var start = _code.Length;
        var omitted = _module.Omits();
        Emit(nesting);
        if (omitted) Remove(start);
    }

    private void Remove(int start)
    {
        _code.MoveTo(_trash, start);
        _trash.Clear();
    }

    private void Statements(int nesting)
    {
        for (var i = 1 + _choices.Below(3); i > 0 && _budget > 0; i--) Statement(nesting);
    }

    private void Emit(int nesting)
    {
        var deep = nesting >= MaxNesting || _budget <= 0;
        switch (_choices.Below(deep ? 18 : 28))
        {
            case <= 4:
                Assign();
                break;
            case <= 8:
                Store();
                break;
            case <= 10:
                Pair();
                break;
            case 11:
                Expression(_choices.Of("ilfdvr"), 4);
                Op(Opcode.Drop);
                break;
            case 12:
                Bulk();
                break;
            case 13:
                TableStatement();
                break;
            case <= 16:
                Call();
                break;
            case 17:
                BranchOut();
                break;
            case <= 20:
                If(nesting);
                break;
            case <= 22:
                CountedLoop(nesting);
                break;
            case 23:
                FueledLoop(nesting);
                break;
            case <= 25:
                Switch(nesting);
                break;
            case 26:
                MultiValueBlock(nesting);
                break;
            default:
                Block(nesting);
                break;
        }
    }

    private void Assign()
    {
        var type = _choices.Of("iiilllffddvvr");
        if (type == 'r' || !_choices.OneIn(4))
        {
            Expression(type, 4);
            Pop(type);
            return;
        }
        var global = Global(type);
        Expression(type, 4);
        if (global < 0) Op(Opcode.Drop);
        else Op(Opcode.GlobalSet, global);
    }

    /// <summary>Takes the value on top of the stack into a local, or nowhere.</summary>
    private void Pop(char type)
    {
        var local = Local(type);
        if (local < 0 || _choices.OneIn(12)) Op(Opcode.Drop);
        else Op(Opcode.LocalSet, local);
    }
}
