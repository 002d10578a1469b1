using System.Reflection;
using TensorWasm.Engine.CompilerServices;
using TensorWasm.Wasm;

namespace TensorWasm.Engine.Compilation;

/// <summary>Hands out the fields of <see cref="Exchange"/>, first to last of each kind.</summary>
internal struct ExchangeFields
{
    private static readonly FieldInfo[][] Fields =
    [
        OfKind('I'), OfKind('L'), OfKind('F'), OfKind('D'), OfKind('V'), OfKind('R'),
    ];

    private Counts _used;

    /// <summary>The next field of a kind; null when all are taken.</summary>
    internal FieldInfo? Next(ValueKind kind)
    {
        var ordinal = FunctionCompiler.Ordinal(kind);
        return _used[ordinal] < Fields[ordinal].Length ? Fields[ordinal][_used[ordinal]++] : null;
    }

    private static FieldInfo[] OfKind(char letter) =>
    [
        .. typeof(Exchange).GetFields().Where(field => field.Name[0] == letter).OrderBy(field => int.Parse(
            field.Name.AsSpan(1), System.Globalization.CultureInfo.InvariantCulture)),
    ];

    [System.Runtime.CompilerServices.InlineArray(6)]
    private struct Counts
    {
        private int _first;
    }
}
