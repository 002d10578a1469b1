namespace TensorWasm.Wasm.Text;

/// <summary>A module inside a script; it is parsed only when asked for, since tests hold malformed ones.</summary>
public sealed class ScriptModule
{
    private readonly SourceText _source;
    private readonly int _start;

    private ScriptModule(SourceText source, int start)
    {
        _source = source;
        _start = start;
    }

    /// <summary>How it is written.</summary>
    public required ScriptModuleKind Kind { get; init; }

    /// <summary>Its identifier in the script, without the dollar sign.</summary>
    public required string? Name { get; init; }

    /// <summary>Whether it is only defined (<c>module definition</c>), not instantiated.</summary>
    public required bool IsDefinition { get; init; }

    /// <summary>The bytes of a binary module, the text of a quoted one, and nothing for text.</summary>
    public required ReadOnlyMemory<byte> Bytes { get; init; }

    /// <summary>Parses or decodes the module anew.</summary>
    /// <exception cref="WasmFormatException">
    /// It is malformed. Lines count from the start of the script, or of the quoted text.
    /// </exception>
    public WasmModule Load()
    {
        if (Kind == ScriptModuleKind.Binary) return WasmDecoder.Decode(Bytes);
        if (Kind == ScriptModuleKind.Quote) return WatParser.ParseUnquoted(new SourceText(Bytes.ToArray()));
        return ModuleParser.Parse(new TokenReader(_source, _start), Name);
    }

    /// <summary>Reads behind <c>(module</c>, up to and with the closing parenthesis.</summary>
    internal static ScriptModule Parse(TokenReader reader)
    {
        var definition = reader.TryKeyword("definition"u8);
        var name = reader.TryIdentifier();
        var kind = ScriptModuleKind.Text;
        if (reader.TryKeyword("binary"u8)) kind = ScriptModuleKind.Binary;
        else if (reader.TryKeyword("quote"u8)) kind = ScriptModuleKind.Quote;
        return Parse(reader, definition, name, kind);
    }

    /// <summary>A script that is nothing but the fields of a module.</summary>
    internal static ScriptModule ParseFields(TokenReader reader)
    {
        var start = reader.Current.Start;
        while (reader.Kind != TokenKind.End)
        {
            reader.Open();
            reader.SkipClosing(1);
        }
        return new ScriptModule(reader.Source, start)
        {
            Kind = ScriptModuleKind.Text,
            Name = null,
            IsDefinition = false,
            Bytes = default,
        };
    }

    private static ScriptModule Parse(TokenReader reader, bool definition, string? name, ScriptModuleKind kind)
    {
        var start = reader.Current.Start;
        byte[] bytes = [];
        if (kind == ScriptModuleKind.Text)
        {
            reader.SkipClosing(1);
        }
        else
        {
            bytes = reader.Strings();
            reader.Close();
        }
        return new ScriptModule(reader.Source, start)
        {
            Kind = kind,
            Name = name,
            IsDefinition = definition,
            Bytes = bytes,
        };
    }
}
