using System.Reflection;
using System.Reflection.Metadata;

namespace TensorWasm.Engine.Compilation;

/// <summary>One step of a <see cref="VectorIntrinsic"/>: it works on the top of the evaluation stack.</summary>
internal readonly record struct VectorStep
{
    private readonly Kind _kind;
    private readonly MethodInfo? _method;
    private readonly int _value;

    private VectorStep(Kind kind, MethodInfo? method, int value)
    {
        _kind = kind;
        _method = method;
        _value = value;
    }

    private enum Kind
    {
        Call,
        Lane,
        Constant,
        Not,
    }

    /// <summary>Turns a truth value round.</summary>
    public static VectorStep Not { get; } = new(Kind.Not, null, 0);

    /// <summary>Calls a method that RyuJIT expands in place.</summary>
    public static VectorStep Call(MethodInfo method) => new(Kind.Call, method, 0);

    /// <summary>Pushes the instruction's lane index, shifted left.</summary>
    public static VectorStep Lane(int shift = 0) => new(Kind.Lane, null, shift);

    /// <summary>Pushes a constant.</summary>
    public static VectorStep Constant(int value) => new(Kind.Constant, null, value);

    /// <summary>Writes the step.</summary>
    public void Emit(IlWriter il, References references, int lane)
    {
        switch (_kind)
        {
            case Kind.Call:
                il.Call(references.Method(_method!));
                break;
            case Kind.Lane:
                il.LdcI4(lane << _value);
                break;
            case Kind.Constant:
                il.LdcI4(_value);
                break;
            default:
                il.LdcI4(0);
                il.Op(ILOpCode.Ceq);
                break;
        }
    }
}
