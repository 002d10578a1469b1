namespace TensorWasm.Wasm;

/// <summary>A module that cannot be used. The concrete type says in which phase that was found.</summary>
public abstract class WasmException : Exception
{
    private protected WasmException(string message, Exception? inner = null)
        : base(message, inner)
    {
    }
}
