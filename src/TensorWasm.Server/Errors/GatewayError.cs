namespace TensorWasm.Server;

/// <summary>A refusal or failure that a client is told: what kind, which status, one sentence.</summary>
/// <param name="Kind">One of <see cref="ErrorKind"/>.</param>
/// <param name="Status">The HTTP status.</param>
/// <param name="Message">A sentence for a person. It holds no secret and nothing of another tenant.</param>
internal sealed record GatewayError(string Kind, int Status, string Message)
{
    /// <summary>When a new attempt makes sense; told in whole seconds, at least one.</summary>
    internal TimeSpan? RetryAfter { get; init; }

    /// <summary>The request's member that is wrong, for the OpenAI routes' <c>param</c>.</summary>
    internal string? Parameter { get; init; }

    /// <summary>The OpenAI routes' <c>code</c>, where it is not <see cref="Kind"/>.</summary>
    internal string? Code { get; init; }

    /// <summary>A request that can't be understood or is not acceptable: 400.</summary>
    internal static GatewayError Bad(string kind, string message, string? parameter = null) =>
        new(kind, StatusCodes.Status400BadRequest, message) { Parameter = parameter };

    /// <summary>Nobody here may know whether it exists elsewhere: 404.</summary>
    internal static GatewayError NotFound(string message) => new(ErrorKind.NotFound, 404, message);

    /// <summary>No credential, or one that is not (or no longer) accepted: 401. It never says which.</summary>
    internal static GatewayError Unauthorized() => new(
        ErrorKind.Unauthorized, 401, "A valid bearer token is required: 'Authorization: Bearer <token>'.");

    /// <summary>A known caller who may not do this: 403.</summary>
    internal static GatewayError Forbidden(string kind, string message) => new(kind, 403, message);

    /// <summary>Too many requests: 429.</summary>
    internal static GatewayError RateLimited(TimeSpan retryAfter, string whose) =>
        new(ErrorKind.RateLimited, 429, $"The rate limit of this {whose} is used up; try again later.")
        {
            RetryAfter = retryAfter,
        };

    /// <summary>There is no room to store anything: 507.</summary>
    internal static GatewayError DiskFull() =>
        new(ErrorKind.DiskFull, StatusCodes.Status507InsufficientStorage, "The server's disk is full; nothing was stored.")
        {
            RetryAfter = TimeSpan.FromSeconds(1),
        };

    /// <summary>The service can't do this now: 503.</summary>
    internal static GatewayError Unavailable(string kind, string message) =>
        new(kind, 503, message) { RetryAfter = TimeSpan.FromSeconds(1) };
}
