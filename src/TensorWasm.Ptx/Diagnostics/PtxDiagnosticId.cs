namespace TensorWasm.Ptx.Diagnostics;

/// <summary>The kinds of complaint about PTX text. Values are stable: they reach logs and clients.</summary>
public enum PtxDiagnosticId
{
    /// <summary>The text is not valid UTF-8, or holds a character PTX does not have (PTX ISA 4.1, Source Format).</summary>
    InvalidCharacter = 1,

    /// <summary>The text does not follow the grammar (PTX ISA 4, Syntax).</summary>
    Syntax = 2,

    /// <summary>A limit of <see cref="PtxLimits"/> is exceeded.</summary>
    Limit = 3,

    /// <summary>The <c>.version</c> or <c>.target</c> is unknown or too new (PTX ISA 11.1, PTX Module Directives).</summary>
    Version = 4,

    /// <summary>A name is declared twice in one scope (PTX ISA 4.4, Identifiers).</summary>
    DuplicateSymbol = 5,

    /// <summary>A name is used that was not declared.</summary>
    UndefinedSymbol = 6,

    /// <summary>The opcode, a suffix or their combination is not on the whitelist.</summary>
    UnknownInstruction = 7,

    /// <summary>The construct is known and refused because it cannot be made safe for other tenants.</summary>
    Refused = 8,

    /// <summary>An operand has the wrong form, type or size (PTX ISA 6.4 and 9.2, Operand Type Checking).</summary>
    Operand = 9,

    /// <summary>An access with a constant address lies outside the variable it names.</summary>
    OutOfBounds = 10,

    /// <summary>A declaration is malformed: type, alignment, size or initialiser (PTX ISA 5, State Spaces and Types).</summary>
    Declaration = 11,

    /// <summary>The kernel is correct but beyond what the passes can make safe; the message says why.</summary>
    NotFenceable = 12,
}
