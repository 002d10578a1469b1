namespace TensorWasm.Ptx.Syntax;

/// <summary>A whole PTX module (PTX ISA 11.1, PTX Module Directives).</summary>
/// <param name="Major">Major number of <c>.version</c>.</param>
/// <param name="Minor">Minor number of <c>.version</c>.</param>
/// <param name="Targets">The words of <c>.target</c>, for example <c>sm_90a</c>.</param>
/// <param name="AddressSize">32 or 64, from <c>.address_size</c>.</param>
/// <param name="Items">Variables, functions and directives in their order.</param>
/// <param name="Position">Where the module starts.</param>
public sealed record ModuleSyntax(
    int Major,
    int Minor,
    IReadOnlyList<string> Targets,
    int AddressSize,
    IReadOnlyList<SyntaxNode> Items,
    SourcePosition Position) : SyntaxNode(Position)
{
    /// <summary>The functions and entries, in their order.</summary>
    public IEnumerable<FunctionSyntax> Functions => Items.OfType<FunctionSyntax>();

    /// <summary>The module-scope variables, in their order.</summary>
    public IEnumerable<VariableSyntax> Variables => Items.OfType<VariableSyntax>();
}
