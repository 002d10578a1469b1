using TensorWasm.Ptx.Isa;

namespace TensorWasm.Ptx.Semantics;

/// <summary>A declared range %r&lt;n&gt;; its registers come into being when they are first named.</summary>
internal sealed record RegisterRange(PtxType Type, long Count);
