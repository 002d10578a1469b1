namespace TensorWasm.Wasm.Text;

/// <summary>The phase in which a module is refused.</summary>
public enum ScriptModuleFault
{
    /// <summary>Parsing or decoding: <c>assert_malformed</c>.</summary>
    Malformed,

    /// <summary>Validation: <c>assert_invalid</c>.</summary>
    Invalid,

    /// <summary>Parsing a custom section or annotation: <c>assert_malformed_custom</c>.</summary>
    MalformedCustom,

    /// <summary>Validating a custom section or annotation: <c>assert_invalid_custom</c>.</summary>
    InvalidCustom,

    /// <summary>Linking: <c>assert_unlinkable</c>.</summary>
    Unlinkable,

    /// <summary>Instantiation, by a trap: <c>assert_trap</c> of a module.</summary>
    Trap,
}
