namespace TensorWasm.Wasm.Text;

/// <summary>The classes of tokens (section 6.3.1).</summary>
internal enum TokenKind : byte
{
    /// <summary>The end of the text.</summary>
    End,

    /// <summary><c>(</c></summary>
    Open,

    /// <summary><c>)</c></summary>
    Close,

    /// <summary>A word that begins with a small letter.</summary>
    Keyword,

    /// <summary>An integer without a sign.</summary>
    Natural,

    /// <summary>An integer with a sign.</summary>
    Integer,

    /// <summary>A floating-point literal that is no integer.</summary>
    Float,

    /// <summary>A string, quotes included.</summary>
    String,

    /// <summary>An identifier, <c>$x</c> or <c>$"x"</c>.</summary>
    Identifier,
}
