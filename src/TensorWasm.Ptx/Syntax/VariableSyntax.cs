namespace TensorWasm.Ptx.Syntax;

/// <summary>A variable in a state space (PTX ISA 5.4, Variables).</summary>
/// <param name="Linkage">The linking directive.</param>
/// <param name="Space">The state space with its dot.</param>
/// <param name="Alignment">The <c>.align</c> value, or 0.</param>
/// <param name="Vector">2, 4 or 8 for <c>.v2</c>, <c>.v4</c>, <c>.v8</c>; 1 otherwise.</param>
/// <param name="Type">The element type with its dot.</param>
/// <param name="Name">The name.</param>
/// <param name="Dimensions">Array dimensions; null stands for <c>[]</c>.</param>
/// <param name="Initializer">Initial values, or null.</param>
/// <param name="Position">Where it starts.</param>
public sealed record VariableSyntax(
    Linkage Linkage,
    string Space,
    long Alignment,
    int Vector,
    string Type,
    string Name,
    IReadOnlyList<long?> Dimensions,
    InitializerSyntax? Initializer,
    SourcePosition Position) : SyntaxNode(Position);
