namespace TensorWasm.Ptx.Syntax;

/// <summary>The <c>.ptr</c> attribute of a kernel parameter (PTX ISA 5.1.6.2).</summary>
/// <param name="Space">The state space with its dot, or empty for a generic pointer.</param>
/// <param name="Alignment">The promised alignment of what is pointed at, or 0. Never trusted.</param>
/// <param name="Position">Where it starts.</param>
public sealed record PointerAttributeSyntax(string Space, long Alignment, SourcePosition Position)
    : SyntaxNode(Position);
