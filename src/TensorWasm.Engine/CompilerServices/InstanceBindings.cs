using System.ComponentModel;
using TensorWasm.Wasm;

namespace TensorWasm.Engine.CompilerServices;

/// <summary>What an instance is made of, by index: the source of <see cref="InstanceContext.Bind"/>.</summary>
[EditorBrowsable(EditorBrowsableState.Never)]
public sealed class InstanceBindings
{
    /// <summary>Imported functions.</summary>
    public required Function[] Functions;

    /// <summary>Memories.</summary>
    public required Memory[] Memories;

    /// <summary>Base addresses of <see cref="Memories"/>.</summary>
    public required nint[] MemoryBases;

    /// <summary>Tables.</summary>
    public required Table[] Tables;

    /// <summary>Globals that are objects: imported, exported, or too many for fields.</summary>
    public required Global[] Globals;

    /// <summary>Types.</summary>
    public required DefinedType[] Types;
}
