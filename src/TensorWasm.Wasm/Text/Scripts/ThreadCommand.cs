namespace TensorWasm.Wasm.Text;

/// <summary><c>(thread ...)</c>: runs commands on a thread of their own (threads proposal).</summary>
/// <param name="Line">The line on which it begins.</param>
/// <param name="Name">The thread's identifier.</param>
/// <param name="SharedModule">The instance that the thread may register, if any.</param>
/// <param name="Commands">What it runs.</param>
public sealed record ThreadCommand(int Line, string? Name, string? SharedModule, IReadOnlyList<ScriptCommand> Commands)
    : ScriptCommand(Line);
