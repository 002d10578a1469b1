namespace TensorWasm.Server;

/// <summary>What stands in the place of a route where there is none. All unknown paths share one metrics label.</summary>
internal static class UnknownRoutes
{
    private static readonly GatewayError NotFound = GatewayError.NotFound("There is no such route.");

    private static readonly GatewayError OtherMethod = new(
        ErrorKind.MethodNotAllowed, 405, "This route does not take that method.");

    private static readonly Route[] Routes =
    [
        Of(NotFound, ErrorStyle.Native), Of(NotFound, ErrorStyle.OpenAi),
        Of(OtherMethod, ErrorStyle.Native), Of(OtherMethod, ErrorStyle.OpenAi),
    ];

    /// <summary>The route that answers; OpenAI's clients read errors of their own form only.</summary>
    /// <param name="path">The request's path.</param>
    /// <param name="isKnown">Whether the path is that of a route with another method.</param>
    internal static Route For(PathString path, bool isKnown) =>
        Routes[(isKnown ? 2 : 0) + (path.StartsWithSegments("/v1", StringComparison.Ordinal) ? 1 : 0)];

    private static Route Of(GatewayError error, ErrorStyle style) => new()
    {
        Method = "unknown",
        Pattern = "unknown",
        Action = "unknown_route",
        ForTenant = false,
        Errors = style,
        Handler = _ => new(error),
        Description = new("", "") { Answers = [] },
    };
}
