using TensorWasm.Ptx.Diagnostics;

namespace TensorWasm.Ptx.Semantics;

/// <summary>Leaves the statement being bound; the binder reports it and goes on with the next one.</summary>
internal sealed class BindFailure(PtxDiagnosticId id, string reason) : Exception(reason)
{
    public PtxDiagnosticId Id => id;
}
