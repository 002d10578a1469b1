using System.Runtime.Intrinsics;
using TensorWasm.Wasm;

namespace TensorWasm.Engine;

/// <summary>Wasm values as objects: int, long, float, double, <see cref="Vector128{T}"/> of bytes, or a reference.</summary>
internal static class Values
{
    /// <summary>The value that a local, a global or a table element of a type has by default.</summary>
    internal static object? Default(ValueType type) => type.Kind switch
    {
        ValueKind.I32 => 0,
        ValueKind.I64 => 0L,
        ValueKind.F32 => 0f,
        ValueKind.F64 => 0d,
        ValueKind.V128 => Vector128<byte>.Zero,
        _ => null,
    };

    /// <summary>Whether a value may be passed where a type is expected.</summary>
    internal static bool Is(object? value, ResolvedType type) => type.Type.Kind switch
    {
        ValueKind.I32 => value is int,
        ValueKind.I64 => value is long,
        ValueKind.F32 => value is float,
        ValueKind.F64 => value is double,
        ValueKind.V128 => value is Vector128<byte>,
        _ => IsReference(value, type),
    };

    /// <exception cref="ArgumentException">The value is not of that type.</exception>
    internal static void Check(object? value, ResolvedType type)
    {
        if (!Is(value, type))
        {
            throw new ArgumentException($"{(value is null ? "null" : value.GetType().Name)} is no value of type {type.Type}");
        }
    }

    /// <summary>
    /// Whether guests of a store may hold a value: a function of another store may not be called from it, since that store
    /// may be disposed, and its stack limit is not that of the thread.
    /// </summary>
    /// <exception cref="ArgumentException">They may not.</exception>
    internal static void CheckStore(object? value, Store? store)
    {
        if (value is Function { Home: { } home } function && store is not null && home != store)
        {
            throw new ArgumentException($"{function} belongs to another store, whose guests alone may hold it");
        }
    }

    /// <summary>Whether references of a type can be functions.</summary>
    internal static bool MayBeFunction(ResolvedType type) =>
        type.Type.IsReference && (type.Defined is not null || type.Type.Heap == HeapType.Func || type.Type.Heap == HeapType.NoFunc);

    private static bool IsReference(object? value, ResolvedType type)
    {
        if (value is null) return type.Type.IsNullable;
        if (type.Defined is { } defined) return value is Function typed && typed.DefinedType.IsSubtypeOf(defined);
        var heap = type.Type.Heap;
        if (heap == HeapType.Func) return value is Function;

        // A host may pass any object as an external reference; nothing else has values yet.
        return heap == HeapType.Extern;
    }
}
