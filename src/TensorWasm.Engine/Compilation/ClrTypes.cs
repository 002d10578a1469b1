using System.Runtime.Intrinsics;
using TensorWasm.Wasm;

namespace TensorWasm.Engine.Compilation;

/// <summary>
/// How Wasm types look in the runtime: numbers as themselves, v128 as <see cref="Vector128{T}"/> of bytes, references as
/// objects, several results as a <see cref="ValueTuple"/>, nested in its eighth field where there are more than seven.
/// </summary>
internal static class ClrTypes
{
    internal static Type Of(ValueType type) => Of(type.Kind);

    internal static Type Of(ValueKind kind) => kind switch
    {
        ValueKind.I32 => typeof(int),
        ValueKind.I64 => typeof(long),
        ValueKind.F32 => typeof(float),
        ValueKind.F64 => typeof(double),
        ValueKind.V128 => typeof(Vector128<byte>),
        ValueKind.Reference => typeof(object),
        _ => throw new InternalCompilerException($"{kind} is not the type of a value"),
    };

    internal static Type OfResults(IReadOnlyList<ValueType> results) => results.Count switch
    {
        0 => typeof(void),
        1 => Of(results[0]),
        _ => Tuple([.. results.Select(Of)]),
    };

    internal static Type Tuple(Type[] items) => items.Length switch
    {
        1 => typeof(ValueTuple<>).MakeGenericType(items),
        2 => typeof(ValueTuple<,>).MakeGenericType(items),
        3 => typeof(ValueTuple<,,>).MakeGenericType(items),
        4 => typeof(ValueTuple<,,,>).MakeGenericType(items),
        5 => typeof(ValueTuple<,,,,>).MakeGenericType(items),
        6 => typeof(ValueTuple<,,,,,>).MakeGenericType(items),
        7 => typeof(ValueTuple<,,,,,,>).MakeGenericType(items),
        _ => typeof(ValueTuple<,,,,,,,>).MakeGenericType([.. items[..7], Tuple(items[7..])]),
    };
}
