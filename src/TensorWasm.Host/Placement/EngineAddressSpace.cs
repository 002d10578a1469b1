using TensorWasm.Engine;
using TensorWasm.Gpu;

namespace TensorWasm.Host;

/// <summary>Slots for devices out of the engine's reservation, where its guard pages work.</summary>
public sealed class EngineAddressSpace : IAddressSpace
{
    private EngineAddressSpace()
    {
    }

    /// <summary>The process has one.</summary>
    public static EngineAddressSpace Instance { get; } = new();

    /// <inheritdoc/>
    public bool TurnsFaultsIntoExceptions => GuestAddressSpace.TurnsFaultsIntoExceptions;

    /// <inheritdoc/>
    public nint TryLend(int bits) => GuestAddressSpace.TryLend(bits);

    /// <inheritdoc/>
    public void Return(nint address, int bits) => GuestAddressSpace.Return(address, bits);
}
