namespace TensorWasm.Engine.Compilation;

/// <summary>What opened a <see cref="Control"/>.</summary>
internal enum ControlKind
{
    Function,
    Block,
    Loop,
    If,
    Else,
}
