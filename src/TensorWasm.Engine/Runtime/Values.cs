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
