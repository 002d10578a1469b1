namespace TensorWasm.Host;

/// <summary>Kernels that an operator offers to guests by name.</summary>
public interface IKernelRegistry
{
    /// <summary>Finds PTX.</summary>
    /// <param name="name">What the guest asks for: anything.</param>
    /// <returns>The PTX, UTF-8, which must never change; null when there is none of that name.</returns>
    public ReadOnlyMemory<byte>? Find(string name);
}
