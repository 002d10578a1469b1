using TensorWasm.Ptx.Ir;
using TensorWasm.Ptx.Syntax;

namespace TensorWasm.Ptx.Semantics;

/// <summary>The names of module scope.</summary>
internal sealed record ModuleSymbols(
    Scope Scope,
    IReadOnlyDictionary<string, FunctionSyntax> Functions,
    IReadOnlyList<string> VariableNames,
    ModuleTarget Target,
    PtxLimits Limits)
{
    /// <summary>Variables declared inside a .func keep one identity however often the function is inlined.</summary>
    public Dictionary<VariableSyntax, Variable> Statics { get; } = new(ReferenceEqualityComparer.Instance);

    /// <summary>Bytes of those variables.</summary>
    public long StaticBytes { get; set; }
}
