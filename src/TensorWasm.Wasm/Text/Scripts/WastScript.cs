namespace TensorWasm.Wasm.Text;

/// <summary>
/// A script of the specification's tests: modules, actions on them, assertions (the interpreter's format).
/// </summary>
/// <param name="Commands">Its commands, in order.</param>
public sealed record WastScript(IReadOnlyList<ScriptCommand> Commands)
{
    /// <summary>
    /// Parses a script. Modules inside it are only split off; <see cref="ScriptModule.Load"/> parses them.
    /// </summary>
    /// <exception cref="WasmFormatException">The script is malformed; the error has line and column.</exception>
    public static WastScript Parse(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        return new WastScript(ScriptParser.Parse(SourceText.From(text)));
    }

    /// <summary>Parses a script in UTF-8.</summary>
    /// <exception cref="WasmFormatException">The script is malformed; the error has line and column.</exception>
    public static WastScript Parse(ReadOnlySpan<byte> utf8) => new(ScriptParser.Parse(new SourceText(utf8.ToArray())));
}
