namespace TensorWasm.Ptx.Syntax;

/// <summary>What a token is (PTX ISA 4, Syntax).</summary>
internal enum TokenKind
{
    End,
    Identifier,

    /// <summary>A dot and the word after it: a directive, a type or an instruction suffix, "::" parts included.</summary>
    DotWord,
    Integer,
    Float,
    String,
    Comma,
    Semicolon,
    Colon,
    OpenBrace,
    CloseBrace,
    OpenParen,
    CloseParen,
    OpenBracket,
    CloseBracket,
    Less,
    Greater,
    Equals,
    Plus,
    Minus,
    At,
    Bang,
    Pipe,
    Underscore,
    Tilde,
    Invalid,
}
