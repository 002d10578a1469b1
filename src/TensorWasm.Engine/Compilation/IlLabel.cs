namespace TensorWasm.Engine.Compilation;

/// <summary>A place in an <see cref="IlWriter"/> that branches can name before it is known.</summary>
internal readonly record struct IlLabel(int Index);
