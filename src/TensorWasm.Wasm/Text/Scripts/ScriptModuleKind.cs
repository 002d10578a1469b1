namespace TensorWasm.Wasm.Text;

/// <summary>How a script writes a module.</summary>
public enum ScriptModuleKind
{
    /// <summary>As text.</summary>
    Text,

    /// <summary>As the bytes of the binary format, in strings.</summary>
    Binary,

    /// <summary>As text in strings, which may be malformed.</summary>
    Quote,
}
