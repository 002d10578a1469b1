namespace TensorWasm.Gpu;

/// <summary>
/// A fenced module in the form that a device executes. Disposed when no region uses it and the cache drops it.
/// </summary>
public abstract class DeviceCode : IDisposable
{
    /// <summary>Bytes that it takes on the device and in the driver, as near as can be known.</summary>
    public abstract long Bytes { get; }

    /// <summary>What a kernel of the module takes of the device.</summary>
    /// <param name="kernel">The kernel's index in the module.</param>
    /// <returns>Its resources.</returns>
    public abstract KernelResources GetResources(int kernel);

    /// <inheritdoc/>
    public abstract void Dispose();
}
