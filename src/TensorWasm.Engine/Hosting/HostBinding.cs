using System.ComponentModel;

namespace TensorWasm.Engine;

/// <summary>A host function with the instance that imported it. For emitted code only.</summary>
[EditorBrowsable(EditorBrowsableState.Never)]
public sealed class HostBinding
{
    /// <summary>The host function.</summary>
    public readonly Delegate Callback;

    /// <summary>The instance that imported it; null as long as none has.</summary>
    public readonly Instance? Instance;

    internal HostBinding(Delegate callback, Instance? instance)
    {
        Callback = callback;
        Instance = instance;
    }
}
