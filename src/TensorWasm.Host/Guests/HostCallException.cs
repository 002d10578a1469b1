namespace TensorWasm.Host;

/// <summary>A call of a guest that is wrong before any device sees it. It never leaves this room.</summary>
internal sealed class HostCallException(HostError error, string message) : Exception(message)
{
    internal HostError Error { get; } = error;
}
