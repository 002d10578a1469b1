using TensorWasm.Ptx.Isa;

namespace TensorWasm.Ptx.Semantics;

/// <summary>A register that is declared and not yet named.</summary>
internal sealed record DeclaredRegister(PtxType Type);
