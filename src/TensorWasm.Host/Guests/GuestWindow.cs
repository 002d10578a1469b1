using TensorWasm.Engine;

namespace TensorWasm.Host;

/// <summary>Ranges of the calling guest's linear memory, checked.</summary>
internal static class GuestWindow
{
    /// <summary>Checks a range.</summary>
    /// <returns>The memory.</returns>
    /// <exception cref="HostCallException">It lies outside, or there is no <c>memory</c>.</exception>
    internal static Memory Require(Caller caller, uint address, uint length) =>
        caller.Instance.DefaultMemory is { } memory && (ulong)address + length <= memory.ByteLength
            ? memory
            : throw Outside(caller, address, length);

    /// <summary>The bytes of a range, in place. They stay there for the length of the host call.</summary>
    /// <exception cref="HostCallException">It lies outside, has 2 GiB or more, or there is no <c>memory</c>.</exception>
    internal static Span<byte> Get(Caller caller, uint address, uint length) =>
        length <= int.MaxValue && caller.TryGetSpan(address, (int)length, out var span)
            ? span
            : throw Outside(caller, address, length);

    /// <summary>Where the device finds a range of linear memory.</summary>
    /// <exception cref="HostCallException">It lies outside, or the device can't reach the memory.</exception>
    internal static ulong ToDevice(Caller caller, ulong linearBase, uint address, uint length) =>
        Require(caller, address, length).IsPlaced
            ? linearBase + address
            : throw new HostCallException(
                HostError.InvalidPointer, "the memory that the guest exports lies where the device can't reach it");

    private static HostCallException Outside(Caller caller, uint address, uint length) => new(
        HostError.InvalidPointer,
        caller.Instance.DefaultMemory is { } memory
            ? $"{length} bytes at {address} are outside the guest's memory of {memory.ByteLength} bytes"
            : "the guest exports no memory named 'memory'");
}
