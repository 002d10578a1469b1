namespace TensorWasm.Server;

/// <summary>Serves the OpenAPI document of the routes, its own included.</summary>
internal static class OpenApiRoutes
{
    /// <summary>The routes with the document's beside them.</summary>
    internal static IReadOnlyList<Route> With(IReadOnlyList<Route> routes)
    {
        ReadOnlyMemory<byte> document = default;
        IReadOnlyList<Route> all =
        [
            .. routes,
            new()
            {
                Method = "GET", Pattern = "/openapi.json", Action = "get_openapi", ForTenant = false,
                Handler = async request =>
                {
                    var response = request.Http.Response;
                    response.ContentType = "application/json";
                    response.ContentLength = document.Length;
                    await response.BodyWriter.WriteAsync(document, request.Aborted).ConfigureAwait(false);
                    return null;
                },
                Description = new("operation", "This document.") { Answers = [(200, "application/json", "OpenApi")] },
            },
        ];
        document = JsonReply.ToBytes(writer => OpenApiDocument.Write(writer, all));
        return all;
    }
}
