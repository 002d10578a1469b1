using TensorWasm.Wasm;

namespace TensorWasm.Fuzz;

/// <content>Blocks, branches and calls.</content>
internal sealed partial class FunctionGenerator
{
    private void Block(int nesting)
    {
        Op(Opcode.Block);
        _code.Byte(0x40);
        _labels.Add("");
        Statements(nesting + 1);
        Op(Opcode.End);
        _labels.RemoveAt(_labels.Count - 1);
    }

    private void If(int nesting)
    {
        Expression('i', 3);
        Op(Opcode.If);
        _code.Byte(0x40);
        _labels.Add("");
        Statements(nesting + 1);
        if (_choices.OneIn(2))
        {
            Op(Opcode.Else);
            Statements(nesting + 1);
        }
        Op(Opcode.End);
        _labels.RemoveAt(_labels.Count - 1);
    }

    /// <summary>A loop that counts a local of its own down, at its head, so that a branch to it counts too.</summary>
    private void CountedLoop(int nesting)
    {
        var counter = NewLocal('i');
        I32(1 + _choices.Below(6));
        Op(Opcode.LocalSet, counter);
        Op(Opcode.Block);
        _code.Byte(0x40);
        Op(Opcode.Loop);
        _code.Byte(0x40);
        _labels.Add("");
        _labels.Add("");
        Op(Opcode.LocalGet, counter);
        Op(Opcode.I32Eqz);
        Op(Opcode.BrIf, 1);
        Op(Opcode.LocalGet, counter);
        I32(1);
        Op(Opcode.I32Sub);
        Op(Opcode.LocalSet, counter);
        Statements(nesting + 1);
        Op(Opcode.Br, 0);
        Op(Opcode.End);
        Op(Opcode.End);
        _labels.RemoveRange(_labels.Count - 2, 2);
    }

    private void FueledLoop(int nesting)
    {
        var carried = _choices.OneIn(3) ? "il" : "";
        foreach (var type in carried) Expression(type, 2);
        Op(Opcode.Loop);
        BlockType(carried, carried);
        _labels.Add(carried);
        TakeFuel(3);
        foreach (var type in carried.Reverse()) Op(Opcode.LocalSet, Temporary(type));
        Statements(nesting + 1);
        foreach (var type in carried) Expression(type, 1);
        Expression('i', 2);
        Op(Opcode.BrIf, 0);
        Op(Opcode.End);
        _labels.RemoveAt(_labels.Count - 1);
        foreach (var type in carried.Reverse()) Pop(type);
    }

    private void Switch(int nesting)
    {
        var cases = 1 + _choices.Below(4);
        for (var i = 0; i <= cases; i++)
        {
            Op(Opcode.Block);
            _code.Byte(0x40);
            _labels.Add("");
        }
        Expression('i', 2);
        if (_choices.OneIn(2))
        {
            I32(7);
            Op(Opcode.I32And);
        }
        Op(Opcode.BrTable);
        var count = _choices.OneIn(10) ? 200 : _choices.Below(7);
        _code.Index(count);
        for (var i = 0; i <= count; i++) _code.Index(_choices.Below(cases + 1));
        for (var i = 0; i < cases; i++)
        {
            Op(Opcode.End);
            _labels.RemoveAt(_labels.Count - 1);
            Statements(nesting + 1);
            if (_choices.OneIn(2)) Op(Opcode.Br, cases - 1 - i);
        }
        Op(Opcode.End);
        _labels.RemoveAt(_labels.Count - 1);
    }

    private void MultiValueBlock(int nesting)
    {
        var parameters = Letters(4);
        var results = Letters(4);
        foreach (var type in parameters) Expression(type, 2);
        Op(Opcode.Block);
        BlockType(parameters, results);
        _labels.Add(results);
        foreach (var type in parameters.Reverse()) Pop(type);
        Statements(nesting + 1);
        foreach (var type in results) Expression(type, 2);
        if (_choices.OneIn(2))
        {
            Expression('i', 2);
            Op(Opcode.BrIf, 0);
        }
        Op(Opcode.End);
        _labels.RemoveAt(_labels.Count - 1);
        foreach (var type in results.Reverse()) Pop(type);
    }

    /// <summary>Leaves for an enclosing label, on a condition: a branch, a conditional one, a return or a tail call.</summary>
    private void BranchOut()
    {
        var depth = _choices.Below(_labels.Count);
        Expression('i', 3);
        Op(Opcode.If);
        _code.Byte(0x40);
        _labels.Add("");
        switch (_choices.Below(4))
        {
            case 0 when SameResults() is { } callee:
                foreach (var type in callee.Parameters) Expression(type, 2);
                EmitCall(callee, isTail: true);
                break;
            case 1:
                foreach (var type in _shape.Results) Expression(type, 2);
                Op(Opcode.Return);
                break;
            default:
                foreach (var type in _labels[_labels.Count - 2 - depth]) Expression(type, 2);
                Op(Opcode.Br, depth + 1);
                break;
        }
        Op(Opcode.End);
        _labels.RemoveAt(_labels.Count - 1);
    }

    private FunctionShape? SameResults()
    {
        var start = _choices.Below(_module.Functions.Count);
        for (var i = 0; i < _module.Functions.Count; i++)
        {
            var candidate = _module.Functions[(start + i) % _module.Functions.Count];
            if (candidate.Results == _shape.Results) return candidate;
        }
        return null;
    }

    private void Call()
    {
        var callee = _choices.Of(_module.Functions);
        foreach (var type in callee.Parameters) Expression(type, 2);
        EmitCall(callee, isTail: false);
        foreach (var type in callee.Results.Reverse()) Pop(type);
    }

    /// <summary>The call itself, in one of the three ways; its arguments lie on the stack.</summary>
    private void EmitCall(FunctionShape callee, bool isTail)
    {
        var index = _module.Functions.IndexOf(callee);
        switch (_choices.Below(4))
        {
            case 0:
                Op(Opcode.RefFunc, index);
                Op(isTail ? Opcode.ReturnCallRef : Opcode.CallRef, callee.TypeIndex);
                break;
            case 1:
                var element = Array.IndexOf(_module.Table, index);
                if (element < 0 || _choices.OneIn(20)) element = _choices.Below(ModuleGenerator.TableSize + 2);
                I32(element);
                Op(isTail ? Opcode.ReturnCallIndirect : Opcode.CallIndirect, callee.TypeIndex);
                _code.Index(0);
                break;
            default:
                Op(isTail ? Opcode.ReturnCall : Opcode.Call, index);
                break;
        }
    }

    private string Letters(int most) =>
        string.Concat(Enumerable.Range(0, _choices.Below(most + 1)).Select(_ => _choices.Of("iillfdvr")));

    private void BlockType(string parameters, string results)
    {
        if (parameters.Length == 0 && results.Length == 0) _code.Byte(0x40);
        else if (parameters.Length == 0 && results.Length == 1) _code.Byte(ModuleGenerator.CodeOf(results[0]));
        else _code.Signed(_module.TypeOf(parameters, results));
    }
}
