namespace TensorWasm.Server;

/// <summary>
/// One row of the gateway's route table: everything that is particular to a route, in one place. The pipeline, the audit
/// log, the metrics and the OpenAPI document are all made of it.
/// </summary>
internal sealed record Route
{
    internal required string Method { get; init; }

    /// <summary>The path, with parameters in braces; the metrics' route label.</summary>
    internal required string Pattern { get; init; }

    /// <summary>The name of what it does: the audit log's action, the OpenAPI document's operationId.</summary>
    internal required string Action { get; init; }

    /// <summary>What a caller needs; none: the route is open to all.</summary>
    internal Permissions Permission { get; init; }

    /// <summary>Answers the request.</summary>
    /// <returns>Null if it was answered; else the error to answer with.</returns>
    internal required Func<GatewayRequest, ValueTask<GatewayError?>> Handler { get; init; }

    /// <summary>Whether a request acts for a tenant.</summary>
    internal bool ForTenant { get; init; } = true;

    internal AuditLevel Audit { get; init; } = AuditLevel.Refusals;

    internal ErrorStyle Errors { get; init; }

    /// <summary>What it does, for the OpenAPI document.</summary>
    internal required RouteDescription Description { get; init; }

    /// <summary>A route that acts for no tenant and is for operators; its description is still to be given.</summary>
    internal static Route ForOperators(
        string method, string pattern, string action, Func<GatewayRequest, ValueTask<GatewayError?>> handler) => new()
        {
            Method = method,
            Pattern = pattern,
            Action = action,
            Handler = handler,
            Permission = Permissions.Admin,
            ForTenant = false,
            Description = new("administration", "") { Answers = [] },
        };
}
