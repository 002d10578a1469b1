namespace TensorWasm.Runtime;

/// <summary>Who may use a kernel. The numbers are stored.</summary>
public enum KernelVisibility
{
    /// <summary>Its owner alone.</summary>
    Private = 0,

    /// <summary>Every tenant.</summary>
    Shared = 1,
}
