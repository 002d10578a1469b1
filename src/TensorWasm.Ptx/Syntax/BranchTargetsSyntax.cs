namespace TensorWasm.Ptx.Syntax;

/// <summary>A <c>.branchtargets</c> list for <c>brx.idx</c>; the label before it names it (PTX ISA 11.3.1).</summary>
/// <param name="Labels">The targets in order.</param>
/// <param name="Position">Where it starts.</param>
public sealed record BranchTargetsSyntax(IReadOnlyList<string> Labels, SourcePosition Position)
    : SyntaxNode(Position);
