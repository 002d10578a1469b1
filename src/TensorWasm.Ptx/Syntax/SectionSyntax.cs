namespace TensorWasm.Ptx.Syntax;

/// <summary>
/// A <c>.section</c> with DWARF data (PTX ISA 11.5.2). Its lines are kept as text; they never reach a driver, because
/// fenced modules are printed without debug sections.
/// </summary>
/// <param name="Name">The section's name with its dot.</param>
/// <param name="Lines">Each label or data directive, its tokens separated by one space.</param>
/// <param name="Position">Where it starts.</param>
public sealed record SectionSyntax(string Name, IReadOnlyList<string> Lines, SourcePosition Position)
    : SyntaxNode(Position);
