using TensorWasm.Ptx.Diagnostics;

namespace TensorWasm.Ptx.Syntax;

/// <summary>Leaves the statement being parsed; the parser reports it and goes on after the statement's end.</summary>
internal sealed class ParseFailure(PtxDiagnosticId id, SourcePosition position, string reason) : Exception(reason)
{
    public PtxDiagnosticId Id => id;

    public SourcePosition Position => position;
}
