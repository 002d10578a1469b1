using System.Text.Json;
using System.Text.RegularExpressions;

namespace TensorWasm.Server;

/// <summary>The OpenAPI 3.1 document, made of the route table: what is served is what is described.</summary>
internal static partial class OpenApiDocument
{
    /// <summary>The schemas' JSON object.</summary>
    private static readonly byte[] Schemas = ReadSchemas();

    /// <summary>Writes the document.</summary>
    internal static void Write(Utf8JsonWriter writer, IReadOnlyList<Route> routes)
    {
        writer.WriteStartObject();
        writer.WriteString("openapi"u8, "3.1.0"u8);
        writer.WriteStartObject("info"u8);
        writer.WriteString("title"u8, "TensorWasm for .NET"u8);
        writer.WriteString("version"u8, typeof(OpenApiDocument).Assembly.GetName().Version?.ToString(3));
        writer.WriteEndObject();
        writer.WriteStartObject("paths"u8);
        foreach (var path in routes.GroupBy(route => PathOf(route.Pattern)).OrderBy(path => path.Key, StringComparer.Ordinal))
        {
            writer.WriteStartObject(path.Key);
            foreach (var route in path) WriteOperation(writer, route);
            writer.WriteEndObject();
        }
        writer.WriteEndObject();
        writer.WriteStartObject("components"u8);
        writer.WriteStartObject("securitySchemes"u8);
        writer.WriteStartObject("bearer"u8);
        writer.WriteString("type"u8, "http"u8);
        writer.WriteString("scheme"u8, "bearer"u8);
        writer.WriteEndObject();
        writer.WriteEndObject();
        writer.WritePropertyName("schemas"u8);
        writer.WriteRawValue(Schemas);
        writer.WriteEndObject();
        writer.WriteEndObject();
    }

    /// <summary>A route's path as OpenAPI writes it: parameters without their kinds.</summary>
    internal static string PathOf(string pattern) => Parameter().Replace(pattern, "{$1}");

    private static void WriteOperation(Utf8JsonWriter writer, Route route)
    {
        var description = route.Description;
        writer.WriteStartObject(route.Method switch
        {
            "GET" => "get",
            "PUT" => "put",
            "POST" => "post",
            "PATCH" => "patch",
            _ => "delete",
        });
        writer.WriteString("operationId"u8, route.Action);
        writer.WriteStartArray("tags"u8);
        writer.WriteStringValue(description.Tag);
        writer.WriteEndArray();
        writer.WriteString("summary"u8, description.Summary);
        WriteSecurity(writer, route);
        WriteParameters(writer, route);
        if (description.Body.Count > 0)
        {
            writer.WriteStartObject("requestBody"u8);
            writer.WriteBoolean("required"u8, description.IsBodyRequired);
            WriteContent(writer, description.Body);
            writer.WriteEndObject();
        }
        writer.WriteStartObject("responses"u8);
        foreach (var answers in description.Answers.GroupBy(answer => answer.Status))
        {
            writer.WriteStartObject($"{answers.Key}");
            writer.WriteString("description"u8, "The request succeeded."u8);
            var content = answers.Where(answer => answer.MediaType is not null)
                .Select(answer => (answer.MediaType!, answer.Schema!)).ToList();
            if (content.Count > 0) WriteContent(writer, content);
            writer.WriteEndObject();
        }
        WriteRefusals(writer, route);
        writer.WriteEndObject();
        writer.WriteEndObject();
    }

    private static void WriteSecurity(Utf8JsonWriter writer, Route route)
    {
        writer.WriteStartArray("security"u8);
        if (route.Permission != Permissions.None)
        {
            writer.WriteStartObject();
            writer.WriteStartArray("bearer"u8);
            foreach (var name in PermissionNames.Of(route.Permission)) writer.WriteStringValue(name);
            writer.WriteEndArray();
            writer.WriteEndObject();
        }
        writer.WriteEndArray();
    }

    private static void WriteParameters(Utf8JsonWriter writer, Route route)
    {
        writer.WriteStartArray("parameters"u8);
        foreach (Match match in Parameter().Matches(route.Pattern))
        {
            WriteParameter(writer, new("path", match.Groups[1].Value, "string", ""));
        }
        if (route.ForTenant)
        {
            WriteParameter(writer, new(
                "header", "X-TensorWasm-Tenant", "integer", "The tenant; by default the token's only one, or else 0."));
        }
        foreach (var parameter in route.Description.Parameters) WriteParameter(writer, parameter);
        writer.WriteEndArray();
    }

    private static void WriteParameter(Utf8JsonWriter writer, ParameterDescription parameter)
    {
        writer.WriteStartObject();
        writer.WriteString("in"u8, parameter.In);
        writer.WriteString("name"u8, parameter.Name);
        if (parameter.Description.Length > 0) writer.WriteString("description"u8, parameter.Description);
        writer.WriteBoolean("required"u8, parameter.In == "path");
        writer.WriteStartObject("schema"u8);
        writer.WriteString("type"u8, parameter.Type);
        writer.WriteEndObject();
        writer.WriteEndObject();
    }

    private static void WriteContent(Utf8JsonWriter writer, IReadOnlyList<(string MediaType, string Schema)> content)
    {
        writer.WriteStartObject("content"u8);
        foreach (var (type, schema) in content)
        {
            writer.WriteStartObject(type);
            writer.WriteStartObject("schema"u8);
            writer.WriteString("$ref"u8, $"#/components/schemas/{schema}");
            writer.WriteEndObject();
            writer.WriteEndObject();
        }
        writer.WriteEndObject();
    }

    private static void WriteRefusals(Utf8JsonWriter writer, Route route)
    {
        List<(int Status, string Kind)> all = [.. route.Description.Refusals];
        if (route.Permission != Permissions.None)
        {
            all.AddRange(
                [(401, ErrorKind.Unauthorized), (403, ErrorKind.ActionDenied), (429, ErrorKind.RateLimited),
                 (500, ErrorKind.Internal), (503, ErrorKind.Unavailable)]);
            if (route.Method != "GET") all.Add((507, ErrorKind.DiskFull));
        }
        if (route.ForTenant) all.AddRange([(400, ErrorKind.MissingTenant), (403, ErrorKind.TenantScopeDenied)]);
        if (route.Description.Body.Count > 0) all.AddRange([(400, ErrorKind.InvalidJson), (413, ErrorKind.BodyTooLarge)]);
        if (Parameter().IsMatch(route.Pattern)) all.Add((404, ErrorKind.NotFound));
        var schema = route.Errors == ErrorStyle.OpenAi ? "OpenAiError" : "Error";
        foreach (var refusals in all.Distinct().GroupBy(refusal => refusal.Status).OrderBy(group => group.Key))
        {
            writer.WriteStartObject($"{refusals.Key}");
            writer.WriteString("description"u8, string.Join(", ", refusals.Select(refusal => refusal.Kind)));
            WriteContent(writer, [("application/json", schema)]);
            writer.WriteEndObject();
        }
    }

    private static byte[] ReadSchemas()
    {
        using var stream = typeof(OpenApiDocument).Assembly.GetManifestResourceStream("schemas.json")!;
        var bytes = new byte[stream.Length];
        stream.ReadExactly(bytes);
        return bytes;
    }

    [GeneratedRegex(@"\{\**([a-z]+)\}")]
    private static partial Regex Parameter();
}
