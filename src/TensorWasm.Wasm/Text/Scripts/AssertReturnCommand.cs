namespace TensorWasm.Wasm.Text;

/// <summary><c>assert_return</c>: the action returns values that match.</summary>
/// <param name="Line">The line on which it begins.</param>
/// <param name="Action">The action.</param>
/// <param name="Results">What each result must match.</param>
public sealed record AssertReturnCommand(int Line, ScriptAction Action, IReadOnlyList<ScriptResult> Results)
    : ScriptCommand(Line);
