namespace TensorWasm.Wasm.Text;

/// <summary>What an open construct of an instruction sequence is.</summary>
internal enum FrameKind : byte
{
    /// <summary>The sequence itself.</summary>
    Root,

    /// <summary>A block, loop, try_table or else branch that <c>end</c> closes.</summary>
    Block,

    /// <summary>An if that <c>else</c> or <c>end</c> closes.</summary>
    If,

    /// <summary>A folded instruction: its operands follow, then a parenthesis.</summary>
    Folded,

    /// <summary>A folded block, loop or try_table.</summary>
    FoldedBlock,

    /// <summary>A folded if before <c>(then</c>: its condition.</summary>
    Condition,

    /// <summary>Inside <c>(then ...)</c>.</summary>
    Then,

    /// <summary>Behind <c>(then ...)</c>.</summary>
    AfterThen,

    /// <summary>Inside <c>(else ...)</c>.</summary>
    Else,

    /// <summary>Behind <c>(else ...)</c>.</summary>
    AfterElse,
}
