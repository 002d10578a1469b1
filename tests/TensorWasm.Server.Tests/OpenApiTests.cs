using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace TensorWasm.Server.Tests;

/// <summary>The OpenAPI document says what is served.</summary>
public sealed class OpenApiTests
{
    [Fact]
    public async Task Every_route_is_described_and_nothing_else()
    {
        await using var gateway = await TestGateway.StartAsync();
        var document = (await gateway.SendAsync("GET", "/openapi.json", null)).Json;
        var described = document.GetProperty("paths").EnumerateObject()
            .SelectMany(path => path.Value.EnumerateObject().Select(operation => $"{operation.Name.ToUpperInvariant()} {path.Name}"));
        // What the router really has, not our own table.
        var served = gateway.Host.Endpoints.OfType<RouteEndpoint>().SelectMany(endpoint =>
            endpoint.Metadata.GetMetadata<HttpMethodMetadata>()!.HttpMethods
                .Select(method => $"{method} {endpoint.RoutePattern.RawText!.Replace("**", "", StringComparison.Ordinal)}"));
        Assert.Equal(served.Order(StringComparer.Ordinal), described.Order(StringComparer.Ordinal));
        // TensorWasm's and OpenAI's clients rely on these.
        foreach (var route in (string[])
            ["POST /functions", "DELETE /functions/{id}", "POST /functions/{id}/invoke", "POST /functions/{id}/invoke-async",
             "POST /functions/{id}/invoke-stream", "GET /jobs/{id}", "GET /metrics", "GET /healthz", "POST /v1/completions",
             "POST /v1/chat/completions", "POST /kernels", "GET /kernels", "GET /kernels/{name}/{version}"])
        {
            Assert.Contains(route, described);
        }
    }

    [Fact]
    public async Task Every_schema_that_is_named_is_there_and_every_operation_has_its_own_name()
    {
        await using var gateway = await TestGateway.StartAsync();
        var reply = await gateway.SendAsync("GET", "/openapi.json", null);
        var schemas = reply.Json.GetProperty("components").GetProperty("schemas");
        foreach (System.Text.RegularExpressions.Match reference in
            System.Text.RegularExpressions.Regex.Matches(reply.Text, "#/components/schemas/([A-Za-z]+)"))
        {
            Assert.True(schemas.TryGetProperty(reference.Groups[1].Value, out _), reference.Value);
        }
        var names = reply.Json.GetProperty("paths").EnumerateObject().SelectMany(path => path.Value.EnumerateObject())
            .Select(operation => operation.Value.GetProperty("operationId").GetString()).ToList();
        Assert.Equal(names.Count, names.Distinct().Count());
    }
}
