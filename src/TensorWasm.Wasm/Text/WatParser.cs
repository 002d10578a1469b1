namespace TensorWasm.Wasm.Text;

/// <summary>Parses the text format (specification, chapter 6).</summary>
/// <remarks>
/// Names go to <see cref="WasmModule.Names"/>, without a custom section; <c>(@custom ...)</c> annotations become custom
/// sections. Bodies and expressions of the result have offset 0, since no bytes of a module stand behind them. Parsing
/// takes time linear in the text, and a bounded stack whatever the text nests.
/// </remarks>
public static class WatParser
{
    /// <summary>
    /// The module that <paramref name="text"/> describes: one <c>(module ...)</c>, or just its fields.
    /// </summary>
    /// <exception cref="WasmFormatException">The text is malformed; the error has line and column.</exception>
    public static WasmModule Parse(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        return Parse(SourceText.From(text));
    }

    /// <summary>The module that UTF-8 text describes.</summary>
    /// <exception cref="WasmFormatException">The text is malformed; the error has line and column.</exception>
    public static WasmModule Parse(ReadOnlySpan<byte> utf8) => Parse(new SourceText(utf8.ToArray()));

    private static WasmModule Parse(SourceText source)
    {
        var reader = new TokenReader(source);
        if (!reader.TryOpen("module"u8)) return ParseUnquoted(source);
        var definition = reader.TryKeyword("definition"u8);
        reader.TryIdentifier();
        if (!definition && !reader.IsKeyword("binary"u8) && !reader.IsKeyword("quote"u8)) return ParseUnquoted(source);
        reader.Seek(0);
        reader.Open("module"u8);
        var module = ScriptModule.Parse(reader);
        reader.Expect(TokenKind.End);
        return module.Load();
    }

    /// <summary>A module in text, not in strings: strings in strings have no use, and no end.</summary>
    internal static WasmModule ParseUnquoted(SourceText source)
    {
        if (source.Bytes.Length > WasmLimits.MaxModuleSize) throw new WasmFormatException("text too long", 1, 1);
        var reader = new TokenReader(source);
        WasmModule module;
        if (reader.TryOpen("module"u8))
        {
            var name = reader.TryIdentifier();
            module = ModuleParser.Parse(reader, Annotations.NameBefore(reader) ?? name);
            reader.Close();
        }
        else
        {
            module = ModuleParser.Parse(reader, null);
        }
        reader.Expect(TokenKind.End);
        return module;
    }
}
