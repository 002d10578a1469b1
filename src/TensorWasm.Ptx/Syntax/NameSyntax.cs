namespace TensorWasm.Ptx.Syntax;

/// <summary>A register, special register, variable, function or label by name.</summary>
/// <param name="Name">The name.</param>
/// <param name="Component">The component with its dot, as in <c>%tid.x</c>, or null.</param>
/// <param name="Offset">A constant added to a variable's address, as in <c>table+8</c>.</param>
/// <param name="Position">Where it starts.</param>
public sealed record NameSyntax(string Name, string? Component, long Offset, SourcePosition Position)
    : OperandSyntax(Position);
