namespace TensorWasm.Ptx.Syntax;

/// <summary>A node of the syntax tree. Nodes are immutable; a pass builds new ones.</summary>
/// <param name="Position">Where the node starts; the default for inserted nodes.</param>
public abstract record SyntaxNode(SourcePosition Position);
