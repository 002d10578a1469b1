using TensorWasm.Ptx.Diagnostics;
using TensorWasm.Ptx.Ir;
using TensorWasm.Ptx.Syntax;

namespace TensorWasm.Ptx;

/// <summary>What the verifier found.</summary>
/// <param name="Module">The module that was verified.</param>
/// <param name="Kernels">Its kernels in flat form; empty when there are diagnostics.</param>
/// <param name="Diagnostics">Why it is refused; empty when it is accepted.</param>
public sealed record PtxVerification(
    ModuleSyntax Module, IReadOnlyList<Kernel> Kernels, IReadOnlyList<PtxDiagnostic> Diagnostics)
{
    /// <summary>True when the module may be fenced.</summary>
    public bool IsValid => Diagnostics.Count == 0;
}
