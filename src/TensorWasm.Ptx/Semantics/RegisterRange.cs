using TensorWasm.Ptx.Isa;

namespace TensorWasm.Ptx.Semantics;

/// <summary>A declared range %r&lt;n&gt;; its registers come into being when they are first named.</summary>
internal sealed record RegisterRange(PtxType Type, long Count)
{
    /// <summary>Any of its registers that is not yet named.</summary>
    public DeclaredRegister Declared { get; } = new(Type);
}
