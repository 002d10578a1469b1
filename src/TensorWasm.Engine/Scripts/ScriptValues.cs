using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using TensorWasm.Wasm;
using TensorWasm.Wasm.Text;

namespace TensorWasm.Engine.Scripts;

/// <summary>Values of scripts as values of the engine.</summary>
internal static class ScriptValues
{
    internal static object? ToObject(ScriptValue value) => value.Type.Kind switch
    {
        ValueKind.I32 => (int)(uint)value.Bits,
        ValueKind.I64 => (long)(ulong)value.Bits,
        ValueKind.F32 => BitConverter.UInt32BitsToSingle((uint)value.Bits),
        ValueKind.F64 => BitConverter.UInt64BitsToDouble((ulong)value.Bits),
        ValueKind.V128 => Unsafe.BitCast<UInt128, Vector128<byte>>(value.Bits),
        _ => value.IsNull ? null : new HostReference((uint)value.Bits),
    };

    internal static Verdict Compare(object?[] actual, IReadOnlyList<ScriptResult> expected)
    {
        if (actual.Length != expected.Count) return Verdict.Failed($"{actual.Length} results, not {expected.Count}");
        for (var i = 0; i < actual.Length; i++)
        {
            if (!Matches(actual[i], expected[i]))
            {
                return Verdict.Failed($"result {i} is {Describe(actual[i])}, expected {Describe(expected[i])}");
            }
        }
        return Verdict.Passed;
    }

    private static bool Matches(object? actual, ScriptResult expected) => expected switch
    {
        EitherResult either => either.Alternatives.Any(alternative => Matches(actual, alternative)),
        NumberResult number => BitsOf(actual) is { } bits && number.Matches(bits),
        ReferenceResult { IsNull: true } => actual is null,
        ReferenceResult { Number: { } n } => actual is HostReference host && host.Number == n,
        ReferenceResult { Heap: { } heap } when heap == HeapType.Func => actual is Function,
        ReferenceResult => actual is not null,
        _ => false,
    };

    private static UInt128? BitsOf(object? value) => value switch
    {
        int number => (uint)number,
        long number => (ulong)number,
        float number => BitConverter.SingleToUInt32Bits(number),
        double number => BitConverter.DoubleToUInt64Bits(number),
        Vector128<byte> vector => Unsafe.BitCast<Vector128<byte>, UInt128>(vector),
        _ => null,
    };

    private static string Describe(object? value) =>
        BitsOf(value) is { } bits ? $"{value} (0x{bits:x})" : value?.ToString() ?? "null";

    private static string Describe(ScriptResult result) => result is NumberResult number
        ? $"{number.Lane}({string.Join(' ', number.Lanes.Select(lane => lane.Nan == NanPattern.None ? $"0x{lane.Bits:x}" : lane.Nan.ToString()))})"
        : result.ToString();
}
