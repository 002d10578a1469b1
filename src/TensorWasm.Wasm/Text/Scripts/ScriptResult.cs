namespace TensorWasm.Wasm.Text;

/// <summary>What a result must match.</summary>
public abstract record ScriptResult;
