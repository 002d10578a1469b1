namespace TensorWasm.Wasm;

/// <content>Locals, and which of those without a default value have been set.</content>
internal sealed partial class FunctionValidator
{
    private StackType[] _locals = new StackType[FirstCapacity];

    // Locals below are in _locals; the others are looked up in the groups. A few bytes can declare 50,000 locals, and
    // writing them out for each of a million such functions would cost far more time than the module has bytes.
    private int _listedLocals;
    private int _localCount;
    private IReadOnlyList<LocalGroup> _groups = [];
    private int[] _groupEnds = [];

    // Only locals that are not defaultable are tracked; the log says which bits to clear when a block ends.
    private bool _tracksInitialization;
    private ulong[] _initialized = [];
    private readonly List<int> _initializations = [];

    private void BeginWithoutLocals()
    {
        _localCount = 0;
        _listedLocals = 0;
        _tracksInitialization = false;
        ClearInitializations(0);
    }

    private void BeginLocals(FunctionBody body)
    {
        BeginWithoutLocals();
        var parameters = _signature.Parameters;
        var total = (long)parameters.Length;
        for (var i = 0; i < body.Locals.Count; i++) total += body.Locals[i].Count;
        if (total > WasmLimits.MaxLocals)
        {
            throw Invalid($"too many locals: {total}, the limit is {WasmLimits.MaxLocals}");
        }
        _localCount = (int)total;
        _groups = body.Locals;
        _listedLocals = Math.Min(_localCount, parameters.Length + body.Code.Length);
        if (_locals.Length < _listedLocals) _locals = new StackType[Math.Max(2 * _locals.Length, _listedLocals)];
        parameters.CopyTo(_locals, 0);

        var next = parameters.Length;
        if (_listedLocals < _localCount) _groupEnds = new int[_groups.Count];
        for (var i = 0; i < _groups.Count; i++)
        {
            var type = _context.Convert(_groups[i].Type);
            var end = next + (int)_groups[i].Count;
            if (next < _listedLocals) _locals.AsSpan(next, Math.Min(end, _listedLocals) - next).Fill(type);
            if (_listedLocals < _localCount) _groupEnds[i] = end;
            _tracksInitialization |= !type.IsDefaultable();
            next = end;
        }
    }

    private StackType LocalType(uint index) =>
        index < (uint)_listedLocals ? _locals[index] : UnlistedLocalType(index);

    private StackType UnlistedLocalType(uint index)
    {
        if (index >= (uint)_localCount) throw Invalid($"unknown local {index}");
        // The first group that ends behind the local; groups may be empty, so ends may repeat.
        var low = 0;
        var high = _groups.Count - 1;
        while (low < high)
        {
            var middle = (low + high) >>> 1;
            if (_groupEnds[middle] > index) high = middle; else low = middle + 1;
        }
        return _context.Convert(_groups[low].Type);
    }

    private StackType GetLocal(uint index)
    {
        var type = LocalType(index);
        if (_tracksInitialization && !type.IsDefaultable() && !IsInitialized(index))
        {
            throw Invalid($"uninitialized local {index}");
        }
        return type;
    }

    private StackType SetLocal(uint index)
    {
        var type = LocalType(index);
        if (_tracksInitialization && !type.IsDefaultable()) Initialize((int)index);
        return type;
    }

    private bool IsInitialized(uint index)
    {
        if (index < (uint)_signature.Parameters.Length) return true;
        var word = (int)(index >> 6);
        return word < _initialized.Length && (_initialized[word] & (1UL << (int)index)) != 0;
    }

    private void Initialize(int index)
    {
        if (IsInitialized((uint)index)) return;
        var word = index >> 6;
        if (word >= _initialized.Length) Array.Resize(ref _initialized, Math.Max(2 * _initialized.Length, word + 1));
        _initialized[word] |= 1UL << index;
        _initializations.Add(index);
    }

    private void ClearInitializations(int height)
    {
        for (var i = _initializations.Count - 1; i >= height; i--)
        {
            _initialized[_initializations[i] >> 6] &= ~(1UL << _initializations[i]);
            _initializations.RemoveAt(i);
        }
    }
}
