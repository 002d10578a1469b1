namespace TensorWasm.Wasm;

/// <summary>
/// The module is well-formed but not valid (section 3). <see cref="Reason"/> uses the specification tests' words.
/// </summary>
public sealed class WasmValidationException : WasmException
{
    /// <summary>Creates the error.</summary>
    /// <param name="reason">What is wrong.</param>
    /// <param name="offset">Where in the module's bytes, or -1.</param>
    /// <param name="function">In which function, by index, or -1.</param>
    public WasmValidationException(string reason, int offset = -1, int function = -1)
        : base("invalid module"
            + (offset >= 0 ? $" at offset 0x{offset:x}" : "")
            + (function >= 0 ? $" in function {function}" : "")
            + $": {reason}")
    {
        Reason = reason;
        Offset = offset;
        Function = function;
    }

    /// <summary>What is wrong.</summary>
    public string Reason { get; }

    /// <summary>Where in the module's bytes; -1 if that is not known.</summary>
    public int Offset { get; }

    /// <summary>In which function, by index; -1 outside functions.</summary>
    public int Function { get; }
}
