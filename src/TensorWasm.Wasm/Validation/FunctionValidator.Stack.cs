using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace TensorWasm.Wasm;

/// <content>The operand stack.</content>
internal sealed partial class FunctionValidator
{
    private const int FirstCapacity = 64;

    private StackType[] _stack = new StackType[FirstCapacity];
    private int _height;
    private Dictionary<StackType, StackType[]>? _referenceLists;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private void Apply(in TypingRule rule)
    {
        if (rule.Pops > 0)
        {
            Pop((StackType)rule.Last);
            if (rule.Pops > 1)
            {
                Pop((StackType)rule.SecondLast);
                if (rule.Pops > 2) Pop((StackType)rule.ThirdLast);
            }
        }
        if (rule.Result != 0) Push((StackType)rule.Result);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private void Push(StackType type)
    {
        var stack = _stack;
        var height = _height;
        if ((uint)height >= (uint)stack.Length) stack = GrowStack(1);
        stack[height] = type;
        _height = height + 1;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private void Pop(StackType expected)
    {
        var top = _height - 1;
        var stack = _stack;
        if (top >= _frameHeight && (uint)top < (uint)stack.Length && stack[top] == expected)
        {
            _height = top;
            return;
        }
        PopMatching(expected);
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private StackType PopMatching(StackType expected)
    {
        if (_height == _frameHeight)
        {
            return _isUnreachable ? StackType.Bottom : throw Mismatch([expected]);
        }
        var actual = _stack[_height - 1];
        if (!_context.Matches(actual, expected)) throw Mismatch([expected]);
        _height--;
        return actual;
    }

    /// <summary>Takes whatever is on top.</summary>
    private StackType PopAny()
    {
        if (_height > _frameHeight) return _stack[--_height];
        return _isUnreachable
            ? StackType.Bottom
            : throw Invalid("type mismatch: instruction requires a value but stack has []");
    }

    /// <summary>Takes a reference; from nowhere, it is one to the bottom heap type.</summary>
    private StackType PopReference()
    {
        var type = PopAny();
        if (type == StackType.Bottom) return StackTypes.ToAbstract(HeapType.Bottom, nullable: false);
        return type.IsReference()
            ? type
            : throw Invalid($"type mismatch: instruction requires reference type but stack has [{type.ToValueType()}]");
    }

    /// <summary>Checks the topmost operands and leaves them.</summary>
    private void CheckTop(StackType[] types)
    {
        var available = _height - _frameHeight;
        if (available >= types.Length && IsTop(types)) return;
        if (available < types.Length && !_isUnreachable) throw Mismatch(types);
        for (int i = types.Length - 1, at = _height - 1; i >= 0 && at >= _frameHeight; i--, at--)
        {
            if (!_context.Matches(_stack[at], types[i])) throw Mismatch(types);
        }
    }

    private void PopAll(StackType[] types)
    {
        CheckTop(types);
        _height = Math.Max(_height - types.Length, _frameHeight);
    }

    private void PushAll(StackType[] types)
    {
        if (types.Length > _stack.Length - _height) GrowStack(types.Length);
        types.CopyTo(_stack.AsSpan(_height));
        _height += types.Length;
    }

    /// <summary>Checks the topmost operands and gives them exactly these types.</summary>
    private void Retype(StackType[] types)
    {
        if (_height - _frameHeight >= types.Length && IsTop(types)) return;
        PopAll(types);
        PushAll(types);
    }

    private bool IsTop(StackType[] types) =>
        ModuleContext.AreEqual(_stack.AsSpan(_height - types.Length, types.Length), types);

    private StackType[] GrowStack(int count)
    {
        if (_height + count > WasmLimits.MaxOperands)
        {
            throw Invalid($"operand stack too deep, the limit is {WasmLimits.MaxOperands}");
        }
        Array.Resize(ref _stack, Math.Clamp(2 * _stack.Length, _height + count, WasmLimits.MaxOperands));
        return _stack;
    }

    /// <summary>A list of one type; lists of equal types are one object.</summary>
    private StackType[] ListOf(StackType type)
    {
        if (!type.IsReference()) return StackTypes.ListOf(type);
        ref var list = ref CollectionsMarshal.GetValueRefOrAddDefault(_referenceLists ??= [], type, out _);
        return list ??= [type];
    }

    private WasmValidationException Mismatch(ReadOnlySpan<StackType> expected)
    {
        var available = Math.Min(_height - _frameHeight, expected.Length);
        return Invalid(
            $"type mismatch: instruction requires {StackTypes.Describe(expected)} " +
            $"but stack has {StackTypes.Describe(_stack.AsSpan(_height - available, available))}");
    }
}
