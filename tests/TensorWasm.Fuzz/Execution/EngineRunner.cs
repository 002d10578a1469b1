using System.Globalization;
using System.Runtime.InteropServices;
using TensorWasm.Engine;

namespace TensorWasm.Fuzz;

/// <summary>Our side of the comparison: runs modules and tells what happened in the oracle's words.</summary>
internal sealed class EngineRunner(EngineOptions options, TimeSpan deadline)
{
    internal const string Interrupted = "trap interrupted";

    private readonly WasmEngine _engine = new(options);

    internal string[] Run(GeneratedModule module)
    {
        using var store = new Store(_engine);
        if (options.CountFuel) store.Fuel = long.MaxValue / 2;
        using var limit = store.InterruptAfter(deadline);
        Instance instance;
        try
        {
            instance = new Linker(_engine).Instantiate(store, _engine.Compile(module.Bytes));
        }
        catch (TrapException e)
        {
            return ["instantiate: " + KindOf(e)];
        }
        var memories = module.ComparesMemory
            ? instance.Module.Exports.Select(export => instance.GetMemory(export.Name)).OfType<Memory>().ToArray()
            : [];
        var outcomes = new List<string>();
        foreach (var call in module.Calls)
        {
            var outcome = Call(instance, call);
            outcomes.Add(string.Join(' ', memories.Select(Hash).Prepend(outcome)));
            if (outcome is "stack" or Interrupted) break;
        }
        return [.. outcomes];
    }

    private static string Call(Instance instance, string call)
    {
        var parts = call.Split(' ');
        try
        {
            var result = instance.GetFunction(parts[0])!.Invoke([.. parts.Skip(1).Select(Argument)]);
            return result switch
            {
                null => "ok",
                object?[] several => string.Join(' ', several.Select(Show)),
                _ => Show(result),
            };
        }
        catch (TrapException e)
        {
            return KindOf(e);
        }
    }

    private static string KindOf(TrapException trap) => trap.Code switch
    {
        TrapCode.StackOverflow => "stack",
        TrapCode.Unreachable => "trap unreachable",
        TrapCode.MemoryOutOfBounds => "trap memory",
        TrapCode.IntegerDivideByZero => "trap zero",
        TrapCode.IntegerOverflow or TrapCode.InvalidConversionToInteger => "trap overflow",
        TrapCode.TableOutOfBounds or TrapCode.UndefinedElement => "trap table",
        TrapCode.IndirectCallToNull or TrapCode.BadSignature or TrapCode.NullFunctionReference => "trap callee",
        TrapCode.Interrupted => Interrupted,
        _ => "trap " + trap.Code,
    };

    private static object Argument(string text)
    {
        var value = text[2..];
        return text[0] switch
        {
            'i' => (object)int.Parse(value, CultureInfo.InvariantCulture),
            'l' => long.Parse(value, CultureInfo.InvariantCulture),
            'f' => float.Parse(value, CultureInfo.InvariantCulture),
            _ => double.Parse(value, CultureInfo.InvariantCulture),
        };
    }

    private static string Show(object? value) => value switch
    {
        long l => "l:" + l.ToString(CultureInfo.InvariantCulture),
        int i => Bits(i),
        float f => Bits(f),
        double d => Bits(d),
        _ => value?.ToString() ?? "null",
    };

    private static string Bits(double value) =>
        double.IsNaN(value) ? "nan" : BitConverter.DoubleToUInt64Bits(value).ToString("x", CultureInfo.InvariantCulture);

    private static string Hash(Memory memory)
    {
        var value = (int)(memory.ByteLength / 4);
        if (memory.ByteLength > 0)
        {
            memory.Access(0, checked((int)memory.ByteLength), bytes =>
            {
                foreach (var word in MemoryMarshal.Cast<byte, int>(bytes))
                {
                    value = unchecked(((value ^ word) * 0x01000193) + (int)((uint)value >> 15));
                }
            });
        }
        return ((uint)value).ToString("x", CultureInfo.InvariantCulture);
    }
}
