using TensorWasm.Engine;
using TensorWasm.Wasm;

namespace TensorWasm.Cli;

/// <summary>Failures of modules in words for the person at the keyboard.</summary>
internal static class Failure
{
    /// <summary>A module that can't be used.</summary>
    /// <param name="exception">What was found.</param>
    /// <param name="name">The file's name.</param>
    /// <param name="module">The module if it could be read: for names of functions.</param>
    internal static CliException Of(WasmException exception, string name, WasmModule? module = null) => exception switch
    {
        WasmFormatException { Line: > 0 } e => new CliException($"{name}:{e.Line}:{e.Column}: {e.Reason}"),
        WasmFormatException { Offset: 0, Reason: "magic header not detected" } => new CliException(
            $"{name} is neither a WebAssembly module (it does not begin with \\0asm) nor its text format (.wat)."),
        WasmFormatException { Offset: 4 } e when e.Reason.StartsWith("unknown binary version", StringComparison.Ordinal) =>
            new CliException($"{name} is no module that can be read: {e.Reason}."),
        WasmFormatException e => new CliException(
            $"{name} is malformed at byte {e.Offset} (0x{e.Offset:x}): {e.Reason}. It may be truncated or damaged."),
        WasmValidationException e => new CliException($"{name} is invalid{Place(e, module)}: {e.Reason}"),
        _ => new CliException($"{name}: {exception.Message}"),
    };

    /// <summary>A module that uses what the engine does not run.</summary>
    internal static CliException Of(UnsupportedFeatureException exception, string name) =>
        new($"{name} can't be run: {exception.Message}");

    /// <summary>A module that imports what is not there.</summary>
    internal static CliException Of(LinkException exception, string name)
    {
        var import = $"{Printable.Quote(exception.Module)} {Printable.Quote(exception.Name)}";
        return exception.Reason == "unknown import"
            ? new CliException(
                $"{name} imports {import}, which nothing here provides. " +
                $"'tensorwasm inspect {name}' lists all that it asks for.")
            : new CliException($"{name} imports {import} with another type: {exception.Message}");
    }

    private static string Place(WasmValidationException exception, WasmModule? module)
    {
        var place = "";
        if (exception.Function >= 0)
        {
            place = $", function {exception.Function}";
            if (module?.Names.Functions.TryGetValue(exception.Function, out var name) == true)
            {
                place += $" ({Printable.Escape(name)})";
            }
        }
        return exception.Offset > 0 ? $"{place}, byte {exception.Offset} (0x{exception.Offset:x})" : place;
    }
}
