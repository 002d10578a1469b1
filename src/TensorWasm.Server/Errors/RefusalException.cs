namespace TensorWasm.Server;

/// <summary>Ends the reading of a request that is wrong, from wherever in its depth that shows.</summary>
internal sealed class RefusalException(GatewayError error) : Exception(error.Message)
{
    internal GatewayError Error { get; } = error;
}
