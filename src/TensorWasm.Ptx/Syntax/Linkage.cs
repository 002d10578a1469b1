namespace TensorWasm.Ptx.Syntax;

/// <summary>Linking directives (PTX ISA 11.6).</summary>
public enum Linkage
{
    /// <summary>Visible in this module only.</summary>
    None,

    /// <summary><c>.visible</c>.</summary>
    Visible,

    /// <summary><c>.extern</c>.</summary>
    Extern,

    /// <summary><c>.weak</c>.</summary>
    Weak,

    /// <summary><c>.common</c>.</summary>
    Common,
}
