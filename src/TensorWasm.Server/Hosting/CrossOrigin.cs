namespace TensorWasm.Server;

/// <summary>Lets web pages of listed origins call the API: the Fetch standard's CORS protocol, without credentials.</summary>
internal sealed class CrossOrigin(IReadOnlyList<string> origins)
{
    /// <summary>Marks the answer for its origin, and answers preflights.</summary>
    /// <returns>Whether the request was answered.</returns>
    internal bool Answer(HttpContext context)
    {
        if (origins.Count == 0) return false;
        var headers = context.Response.Headers;
        headers.Append("Vary", "Origin");
        var origin = context.Request.Headers.Origin.ToString();
        var isAllowed = origin.Length > 0 && (origins.Contains("*") || origins.Contains(origin));
        if (isAllowed)
        {
            headers.AccessControlAllowOrigin = origin;
            headers.AccessControlExposeHeaders = "X-Request-Id, x-trace-id, Retry-After";
        }
        if (!HttpMethods.IsOptions(context.Request.Method)
            || context.Request.Headers.AccessControlRequestMethod.Count == 0)
        {
            return false;
        }
        if (isAllowed)
        {
            headers.AccessControlAllowMethods = "GET, POST, PUT, PATCH, DELETE";
            headers.AccessControlAllowHeaders =
                "Authorization, Content-Type, Accept, X-TensorWasm-Tenant, Idempotency-Key, traceparent, tracestate";
            headers.AccessControlMaxAge = "600";
        }
        context.Response.StatusCode = StatusCodes.Status204NoContent;
        return true;
    }
}
