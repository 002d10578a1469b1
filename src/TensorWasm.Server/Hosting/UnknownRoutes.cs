namespace TensorWasm.Server;

/// <summary>What stands in the place of a route where there is none. All unknown paths share one metrics label.</summary>
internal static class UnknownRoutes
{
    internal static readonly Route NotFound = Of(GatewayError.NotFound("There is no such route."));

    internal static readonly Route OtherMethod = Of(
        new(ErrorKind.MethodNotAllowed, 405, "This route does not take that method."));

    private static Route Of(GatewayError error) => new()
    {
        Method = "unknown",
        Pattern = "unknown",
        Action = "unknown_route",
        ForTenant = false,
        Handler = _ => new(error),
        Description = new("", "") { Answers = [] },
    };
}
