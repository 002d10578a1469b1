namespace TensorWasm.Wasm.Text;

/// <summary><c>assert_trap</c>, <c>assert_exhaustion</c> or <c>assert_exception</c> of an action.</summary>
/// <param name="Line">The line on which it begins.</param>
/// <param name="Action">The action.</param>
/// <param name="Failure">How it must fail.</param>
/// <param name="Message">How the trap's message begins; empty for an exception.</param>
public sealed record AssertFailureCommand(int Line, ScriptAction Action, ScriptFailure Failure, string Message)
    : ScriptCommand(Line);
