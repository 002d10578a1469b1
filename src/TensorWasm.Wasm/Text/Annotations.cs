namespace TensorWasm.Wasm.Text;

/// <summary>
/// The annotations that mean something: <c>(@name ...)</c> and <c>(@custom ...)</c> (sections 7.4.1, 7.4.2).
/// </summary>
internal static class Annotations
{
    private const byte LastSection = 11;

    // In the order in which a binary module has them (section 5.5.2).
    private static readonly (string Keyword, byte Id)[] Sections =
    [
        ("type", 1), ("import", 2), ("func", 3), ("table", 4), ("memory", 5), ("tag", 13), ("global", 6), ("export", 7),
        ("start", 8), ("elem", 9), ("datacount", 12), ("code", 10), ("data", LastSection),
    ];

    /// <summary>The place of a custom section in words.</summary>
    public static string PlaceOf(byte after) =>
        after == 0 ? "before first" : "after " + Array.Find(Sections, entry => entry.Id == after).Keyword;

    /// <summary>The name that an annotation before the current token gives to what stands before it.</summary>
    public static string? NameBefore(TokenReader reader)
    {
        if (reader.Current.Annotation < 0) return null;
        foreach (var inner in Lexer.AnnotationsBefore(reader))
        {
            if (!IsId(inner, "name"u8)) continue;
            inner.Advance();
            var name = inner.Name();
            inner.Close();
            return name;
        }
        return null;
    }

    /// <summary>Adds the custom sections that stand before the current token.</summary>
    public static void CustomsBefore(TokenReader reader, List<CustomSection> sections)
    {
        foreach (var inner in Lexer.AnnotationsBefore(reader))
        {
            if (IsId(inner, "custom"u8)) sections.Add(Custom(inner));
        }
    }

    private static CustomSection Custom(TokenReader inner)
    {
        inner.Advance();
        var name = inner.Name();
        var after = LastSection;
        if (inner.Kind == TokenKind.Open)
        {
            inner.Open();
            var before = inner.TryKeyword("before"u8);
            if (!before && !inner.TryKeyword("after"u8)) throw inner.Unexpected();
            after = Place(inner, before);
            inner.Close();
        }
        var bytes = inner.Strings();
        inner.Close();
        return new CustomSection(name, bytes, after);
    }

    private static byte Place(TokenReader inner, bool before)
    {
        if (before && inner.TryKeyword("first"u8)) return 0;
        if (!before && inner.TryKeyword("last"u8)) return LastSection;
        var section = inner.Kind == TokenKind.Keyword ? inner.TextOf(inner.Current) : "";
        var position = Array.FindIndex(Sections, entry => entry.Keyword == section);
        if (position < 0) throw inner.Unexpected();
        inner.Advance();
        if (!before) return Sections[position].Id;
        return position == 0 ? (byte)0 : Sections[position - 1].Id;
    }

    private static bool IsId(TokenReader inner, ReadOnlySpan<byte> id) => inner.Kind switch
    {
        TokenKind.Keyword => inner.Text(inner.Current).SequenceEqual(id),
        TokenKind.String => inner.Text(inner.Current)[1..^1].SequenceEqual(id),
        _ => false,
    };
}
