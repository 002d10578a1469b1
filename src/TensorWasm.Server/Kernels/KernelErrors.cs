namespace TensorWasm.Server;

/// <summary>Refusals of the kernel registry that several places make.</summary>
internal static class KernelErrors
{
    /// <summary>A caller whose token does not allow publishing.</summary>
    internal static GatewayError MayNotPublish(Caller caller) => caller.Kind == CallerKind.Development
        ? GatewayError.Forbidden(
            ErrorKind.KernelPublishDisabled, "Kernels are only published with a token; development mode has none.")
        : GatewayError.Forbidden(
            ErrorKind.KernelPublishScopeRequired, "This token does not allow kernels:publish.");
}
