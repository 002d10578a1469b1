namespace TensorWasm.Wasm.Text;

/// <summary><c>(either ...)</c>: one of several results (relaxed SIMD).</summary>
/// <param name="Alternatives">The results, one of which must match.</param>
public sealed record EitherResult(IReadOnlyList<ScriptResult> Alternatives) : ScriptResult;
