namespace TensorWasm.Gpu;

/// <summary>Which device to open.</summary>
public enum DevicePreference
{
    /// <summary>A GPU where one can be opened, otherwise the processor.</summary>
    Auto,

    /// <summary>A GPU; it is an error when there is none.</summary>
    Cuda,

    /// <summary>The processor.</summary>
    Cpu,

    /// <summary>None.</summary>
    None,
}
