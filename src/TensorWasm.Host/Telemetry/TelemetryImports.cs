using System.Text;
using TensorWasm.Engine;

namespace TensorWasm.Host;

/// <summary>
/// <c>tensorwasm:telemetry/host</c>: a guest's own spans and log records; Wit/tensorwasm-telemetry.wit describes it. Beside
/// it <c>wasi:logging</c>, whose one function has no answer.
/// </summary>
internal sealed class TelemetryImports(
    string module, Linker linker, Func<Store, HostContext> find, Func<string, string, bool> isWanted)
    : HostImports(module, linker, find, isWanted)
{
    internal const string ModuleName = "tensorwasm:telemetry/host@0.1.0";

    /// <summary>The proposal's interface, under the names that toolchains give it.</summary>
    internal static readonly string[] LoggingNames = ["wasi:logging/logging", "wasi:logging/logging@0.1.0-draft"];

    private const int NameBytes = 128;
    private const int ValueBytes = 1_024;
    private const int MessageBytes = 4_096;

    private const int NotAvailable = -1;
    private const int InvalidPointer = -2;
    private const int Full = -3;
    private const int InvalidSpan = -4;
    private const int InvalidLevel = -5;

    private readonly bool _isLogging = module != ModuleName;

    internal override void Define()
    {
        if (_isLogging)
        {
            Define("log", (Caller caller, uint level, uint context, uint contextLength, uint message, uint messageLength) =>
            {
                if (TryRead(caller, context, contextLength, NameBytes, out var about))
                {
                    Log(caller, level, message, messageLength, about.Length == 0 ? null : about);
                }
            });
            return;
        }
        Define("log", (Caller caller, uint level, uint message, uint length) => Log(caller, level, message, length, null));
        Define("span-begin", (Caller caller, uint name, uint length) => Begin(caller, name, length));
        Define("span-text", (Caller caller, uint span, uint key, uint keyLength, uint value, uint valueLength) =>
        {
            if (Find(caller, span, out var trace) is var error and < 0) return error;
            if (!TryRead(caller, key, keyLength, NameBytes, out var title)) return InvalidPointer;
            if (!TryRead(caller, value, valueLength, ValueBytes, out var text)) return InvalidPointer;
            return trace.Set((int)span - 1, title, text) ? 0 : Full;
        });
        Define("span-number", (Caller caller, uint span, uint key, uint keyLength, double value) =>
        {
            if (Find(caller, span, out var trace) is var error and < 0) return error;
            if (!TryRead(caller, key, keyLength, NameBytes, out var title)) return InvalidPointer;
            return trace.Set((int)span - 1, title, value) ? 0 : Full;
        });
        Define("span-fail", (Caller caller, uint span, uint reason, uint length) =>
        {
            if (Find(caller, span, out var trace) is var error and < 0) return error;
            if (!TryRead(caller, reason, length, ValueBytes, out var text)) return InvalidPointer;
            return trace.Fail((int)span - 1, text) ? 0 : Full;
        });
        Define("span-end", (Caller caller, uint span) =>
        {
            if (Find(caller, span, out var trace) is var error and < 0) return error;
            trace.End((int)span - 1);
            return 0;
        });
    }

    protected override HostError Code(HostError error) => error;

    private int Log(Caller caller, uint level, uint message, uint length, string? about)
    {
        if (Context(caller).Trace is not { } trace) return NotAvailable;
        if (level > (uint)TraceLevel.Critical) return InvalidLevel;
        if (!TryRead(caller, message, length, MessageBytes, out var text)) return InvalidPointer;
        return trace.Log((TraceLevel)level, text, about) ? 0 : Full;
    }

    private int Begin(Caller caller, uint name, uint length)
    {
        if (Context(caller).Trace is not { } trace) return NotAvailable;
        if (!TryRead(caller, name, length, NameBytes, out var text)) return InvalidPointer;
        return trace.Begin(TraceSpanKind.Guest, text) is { } span ? span + 1 : Full;
    }

    /// <summary>0 for an open span of the guest's, else the error.</summary>
    private int Find(Caller caller, uint span, out InvocationTrace trace)
    {
        trace = Context(caller).Trace!;
        if (trace is null) return NotAvailable;
        return span is > 0 and <= int.MaxValue && trace.IsOpenGuestSpan((int)span - 1) ? 0 : InvalidSpan;
    }

    /// <summary>Text of the guest's memory. What is too long is cut, and what is not UTF-8 is replaced: a record that is
    /// not quite right tells more than none.</summary>
    private static bool TryRead(Caller caller, uint address, uint length, int most, out string text)
    {
        text = "";
        if (!caller.TryGetSpan(address, (int)Math.Min(length, int.MaxValue), out var window)) return false;
        text = Encoding.UTF8.GetString(window[..Math.Min(window.Length, most)]);
        return true;
    }
}
