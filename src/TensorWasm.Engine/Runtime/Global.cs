using System.ComponentModel;
using System.Runtime.Intrinsics;
using TensorWasm.Wasm;

namespace TensorWasm.Engine;

/// <summary>
/// A global variable (specification, section 4.2.10). Compiled code uses the field of the global's type; host code uses
/// <see cref="Value"/>.
/// </summary>
public sealed class Global : IExternal
{
    /// <summary>The value of an i32 global; for compiled code.</summary>
    [EditorBrowsable(EditorBrowsableState.Never)]
    public int I32;

    /// <summary>The value of an f32 global; for compiled code.</summary>
    [EditorBrowsable(EditorBrowsableState.Never)]
    public float F32;

    /// <summary>The value of an i64 global; for compiled code.</summary>
    [EditorBrowsable(EditorBrowsableState.Never)]
    public long I64;

    /// <summary>The value of an f64 global; for compiled code.</summary>
    [EditorBrowsable(EditorBrowsableState.Never)]
    public double F64;

    /// <summary>The value of a v128 global; for compiled code.</summary>
    [EditorBrowsable(EditorBrowsableState.Never)]
    public Vector128<byte> V128;

    /// <summary>The value of a reference global; for compiled code.</summary>
    [EditorBrowsable(EditorBrowsableState.Never)]
    public object? Reference;

    private readonly bool _mayHoldFunctions;

    /// <summary>A global of a host, to be imported.</summary>
    /// <param name="type">Its type; a reference type must be abstract.</param>
    /// <param name="value">Its value: int, long, float, double, <see cref="Vector128{T}"/> of bytes, or a reference.</param>
    /// <exception cref="ArgumentException">The value is not of that type, or a function of another store.</exception>
    public Global(GlobalType type, object? value)
        : this(type, new ResolvedType(type.Type, null)) => Store(value);

    internal Global(GlobalType type, ResolvedType resolved, Store? store = null)
    {
        Type = type;
        Resolved = resolved;
        _mayHoldFunctions = Values.MayBeFunction(resolved);
        if (store is not null) BindTo(store);
    }

    /// <inheritdoc/>
    public ExternalKind Kind => ExternalKind.Global;

    /// <summary>Its type.</summary>
    public GlobalType Type { get; }

    /// <summary>The value, boxed.</summary>
    /// <exception cref="InvalidOperationException">The global is immutable.</exception>
    /// <exception cref="ArgumentException">The value is not of the global's type, or a function of another store.</exception>
    public object? Value
    {
        get => Type.Type.Kind switch
        {
            ValueKind.I32 => I32,
            ValueKind.I64 => I64,
            ValueKind.F32 => F32,
            ValueKind.F64 => F64,
            ValueKind.V128 => V128,
            _ => Reference,
        };
        set
        {
            if (!Type.IsMutable) throw new InvalidOperationException("the global is immutable");
            Store(value);
        }
    }

    internal ResolvedType Resolved { get; }

    /// <summary>The store that it belongs to, as far as it may hold functions: the first whose guests have it.</summary>
    internal Store? Home { get; private set; }

    /// <summary>Called when a store's instance defines or imports it.</summary>
    internal void BindTo(Store store)
    {
        if (_mayHoldFunctions) Home ??= store;
    }

    internal void Store(object? value)
    {
        Values.Check(value, Resolved);
        Values.CheckStore(value, Home);
        if (value is Function { Home: { } home }) BindTo(home);
        switch (Type.Type.Kind)
        {
            case ValueKind.I32:
                I32 = (int)value!;
                break;
            case ValueKind.I64:
                I64 = (long)value!;
                break;
            case ValueKind.F32:
                F32 = (float)value!;
                break;
            case ValueKind.F64:
                F64 = (double)value!;
                break;
            case ValueKind.V128:
                V128 = (Vector128<byte>)value!;
                break;
            default:
                Reference = value;
                break;
        }
    }
}
