namespace TensorWasm.Wasm;

/// <summary>How the function validator treats an opcode.</summary>
internal enum TypingForm : byte
{
    /// <summary>There is no such instruction.</summary>
    Illegal,

    /// <summary>The rule says all, and no immediate follows.</summary>
    Simple,

    /// <summary>The rule says all, but for an immediate that has to be read.</summary>
    WithImmediate,

    /// <summary>A memory argument follows; the rule's first operand is an address of that memory.</summary>
    Memory,

    /// <summary>Code of its own.</summary>
    Special,
}
