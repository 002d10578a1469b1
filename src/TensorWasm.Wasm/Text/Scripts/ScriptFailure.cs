namespace TensorWasm.Wasm.Text;

/// <summary>How an action fails.</summary>
public enum ScriptFailure
{
    /// <summary>By a trap.</summary>
    Trap,

    /// <summary>By using up the call stack.</summary>
    Exhaustion,

    /// <summary>By an exception that nothing catches.</summary>
    Exception,
}
