namespace TensorWasm.Server;

/// <summary>A route's part of the OpenAPI document.</summary>
/// <param name="Tag">The group that it is shown in.</param>
/// <param name="Summary">One sentence.</param>
internal sealed record RouteDescription(string Tag, string Summary)
{
    /// <summary>The request's body by media type, each with the name of a schema; empty: there is none.</summary>
    internal IReadOnlyList<(string MediaType, string Schema)> Body { get; init; } = [];

    /// <summary>Whether a request without a body is wrong.</summary>
    internal bool IsBodyRequired { get; init; }

    /// <summary>Query parameters and headers.</summary>
    internal IReadOnlyList<ParameterDescription> Parameters { get; init; } = [];

    /// <summary>Answers of requests that succeed: status, media type (null: no body), schema.</summary>
    internal required IReadOnlyList<(int Status, string? MediaType, string? Schema)> Answers { get; init; }

    /// <summary>Error kinds that are particular to the route, with their statuses.</summary>
    internal IReadOnlyList<(int Status, string Kind)> Refusals { get; init; } = [];
}
