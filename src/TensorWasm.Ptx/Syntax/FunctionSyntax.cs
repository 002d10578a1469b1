namespace TensorWasm.Ptx.Syntax;

/// <summary>An <c>.entry</c> or <c>.func</c> (PTX ISA 11.2, Specifying Kernel Entry Points and Functions).</summary>
/// <param name="Linkage">The linking directive.</param>
/// <param name="IsEntry">True for a kernel entry point.</param>
/// <param name="Returns">Return parameters of a <c>.func</c>.</param>
/// <param name="Name">The function's name.</param>
/// <param name="Parameters">The parameter list.</param>
/// <param name="Directives">Performance-tuning directives such as <c>.maxntid</c> (PTX ISA 11.4).</param>
/// <param name="Body">The statements, or null for a prototype.</param>
/// <param name="Position">Where the function starts.</param>
public sealed record FunctionSyntax(
    Linkage Linkage,
    bool IsEntry,
    IReadOnlyList<ParameterSyntax> Returns,
    string Name,
    IReadOnlyList<ParameterSyntax> Parameters,
    IReadOnlyList<FunctionDirectiveSyntax> Directives,
    BlockSyntax? Body,
    SourcePosition Position) : SyntaxNode(Position);
