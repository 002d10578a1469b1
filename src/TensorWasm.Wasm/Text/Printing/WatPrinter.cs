using System.Globalization;

namespace TensorWasm.Wasm.Text;

/// <summary>
/// Prints modules in the text format, so that parsing the result gives the module back: every type is written out and
/// referred to by index, instructions stand one a line, identifiers come from the name section. The same module always
/// gives the same text, of a length linear in the module.
/// </summary>
/// <remarks>
/// Not kept, since the text has no place for them: how bodies group equal locals, integers in more bytes than they
/// need, the data count where no instruction asks for it.
/// </remarks>
public static class WatPrinter
{
    /// <summary>The module as text.</summary>
    /// <exception cref="WasmFormatException">A function body or expression is malformed.</exception>
    public static string Print(WasmModule module)
    {
        using var output = new StringWriter(CultureInfo.InvariantCulture);
        Print(module, output);
        return output.ToString();
    }

    /// <summary>Writes the module as text; lines end with a line feed.</summary>
    /// <exception cref="WasmFormatException">A function body or expression is malformed.</exception>
    public static void Print(WasmModule module, TextWriter output)
    {
        ArgumentNullException.ThrowIfNull(module);
        ArgumentNullException.ThrowIfNull(output);
        new ModulePrinter(module, output).Print();
    }
}
