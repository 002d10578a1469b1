namespace TensorWasm.Gpu;

/// <summary>
/// Where slots for regions come from. The process that runs guests lends what its engine has reserved.
/// </summary>
public interface IAddressSpace
{
    /// <summary>
    /// Whether a data access of managed code to a page of a slot without access raises
    /// <see cref="NullReferenceException"/>. Otherwise it ends the process.
    /// </summary>
    public bool TurnsFaultsIntoExceptions { get; }

    /// <summary>Lends address space without access, aligned to its size.</summary>
    /// <param name="bits">Logarithm of its size in bytes.</param>
    /// <returns>Its address, or 0 when there is none left.</returns>
    public nint TryLend(int bits);

    /// <summary>Takes address space back, mapped without access as it was lent.</summary>
    /// <param name="address">What <see cref="TryLend"/> returned.</param>
    /// <param name="bits">What it was asked for.</param>
    public void Return(nint address, int bits);
}
