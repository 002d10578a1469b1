namespace TensorWasm.Wasm.Text;

/// <summary><c>(wait $thread)</c>: waits for a thread to end (threads proposal).</summary>
/// <param name="Line">The line on which it begins.</param>
/// <param name="Name">The thread's identifier.</param>
public sealed record WaitCommand(int Line, string Name) : ScriptCommand(Line);
