namespace TensorWasm.Wasm;

/// <summary>Subtyping across modules (section 3.3).</summary>
internal static class Subtyping
{
    internal static bool Matches(ResolvedType actual, ResolvedType expected) => throw new NotImplementedException();
}
