namespace TensorWasm.Engine.Compilation;

/// <summary>What opened a <see cref="Control"/>.</summary>
internal enum ControlKind
{
    Function,
    Block,
    Loop,
    If,
    Else,

    /// <summary>Any of them, around a part that is translated by itself.</summary>
    Exit,
}
