using System.Globalization;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using TensorWasm.Runtime;
using TensorWasm.Wasm;

namespace TensorWasm.Cli;

/// <summary>Values on the command line of <c>--invoke</c>, and how results are printed.</summary>
internal static class InvokeValues
{
    /// <summary>Reads one argument for each parameter, in the text format's notation of numbers.</summary>
    /// <exception cref="CliException">There are too few or too many, or one is no value of its parameter's type.</exception>
    internal static object?[] Parse(string function, FunctionType type, IReadOnlyList<string> arguments)
    {
        if (arguments.Count != type.Parameters.Count)
        {
            throw new CliException(
                $"{Printable.Quote(function)} takes {Count(type.Parameters.Count)} ({string.Join(' ', type.Parameters)}), "
                + $"but {arguments.Count} {(arguments.Count == 1 ? "was" : "were")} given.",
                ExitCodes.Usage);
        }
        var values = new object?[arguments.Count];
        for (var i = 0; i < values.Length; i++)
        {
            var parameter = type.Parameters[i];
            if (!new GuestArgument(arguments[i]).TryRead(parameter, out values[i]))
            {
                throw new CliException(
                    $"argument {i + 1} of {Printable.Quote(function)}, '{arguments[i]}', is no value of type {parameter}; "
                    + Example(parameter),
                    ExitCodes.Usage);
            }
        }
        return values;
    }

    /// <summary>A result as <c>wasmtime run --invoke</c> prints it.</summary>
    internal static string Print(object? value, ValueType type) => value switch
    {
        float number => FloatText.Of(number),
        double number => FloatText.Of(number),
        Vector128<byte> vector => Unsafe.BitCast<Vector128<byte>, UInt128>(vector).ToString(CultureInfo.InvariantCulture),
        IFormattable number => number.ToString(null, CultureInfo.InvariantCulture),
        null => $"<null {NameOf(type)}>",
        _ => $"<{NameOf(type)}>",
    };

    private static string NameOf(ValueType type) => type.Heap == HeapType.Extern ? "externref" : "funcref";

    private static string Count(int count) => count switch
    {
        0 => "no arguments",
        1 => "1 argument",
        _ => $"{count} arguments",
    };

    private static string Example(ValueType type) => type.Kind switch
    {
        ValueKind.I32 => "write -1, 42 or 0x2a, from -2147483648 to 4294967295.",
        ValueKind.I64 => "write -1, 42 or 0x2a, of 64 bits.",
        ValueKind.F32 or ValueKind.F64 => "write 1.5, -2e10, 0x1p-3, inf or nan.",
        ValueKind.V128 => "write i32x4:1,2,3,4 (or another shape), or all 128 bits as one number.",
        _ => "only 'null' can be written.",
    };
}
