namespace TensorWasm.Engine.Compilation;

/// <summary>What a <see cref="FlowEvent"/> does.</summary>
internal enum FlowKind
{
    /// <summary>Reads a local.</summary>
    Get,

    /// <summary>Sets a local.</summary>
    Set,

    /// <summary>Opens a scope.</summary>
    Open,

    /// <summary>Goes from one arm of an if to the other.</summary>
    Else,

    /// <summary>Closes a scope.</summary>
    Close,

    /// <summary>Goes to a scope's label.</summary>
    Jump,

    /// <summary>May go to a scope's label.</summary>
    Branch,

    /// <summary>Goes to one of several labels.</summary>
    Table,

    /// <summary>Traps.</summary>
    Stop,

    /// <summary>Leaves the function for another.</summary>
    TailCall,
}
