namespace TensorWasm.Ptx.Syntax;

/// <summary>A formal parameter (PTX ISA 5.1.6, Parameter State Space).</summary>
/// <param name="Space"><c>.param</c> or <c>.reg</c>.</param>
/// <param name="Alignment">The <c>.align</c> value, or 0.</param>
/// <param name="Type">The type with its dot.</param>
/// <param name="Pointer">The <c>.ptr</c> attribute, or null.</param>
/// <param name="Name">The name.</param>
/// <param name="ArrayLength">Array length, or null for a scalar.</param>
/// <param name="Position">Where it starts.</param>
public sealed record ParameterSyntax(
    string Space,
    long Alignment,
    string Type,
    PointerAttributeSyntax? Pointer,
    string Name,
    long? ArrayLength,
    SourcePosition Position) : SyntaxNode(Position);
