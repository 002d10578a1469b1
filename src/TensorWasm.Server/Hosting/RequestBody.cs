using System.Buffers;
using System.Text.Json;
using System.Text.Unicode;

namespace TensorWasm.Server;

/// <summary>Reads requests' bodies. How large they may be is settled by the server's limit before.</summary>
internal static class RequestBody
{
    private static readonly JsonDocumentOptions JsonOptions = new() { MaxDepth = 32 };

    /// <summary>The whole body.</summary>
    /// <exception cref="BadHttpRequestException">It is too large, or came too slowly.</exception>
    internal static async ValueTask<ReadOnlyMemory<byte>> ReadAsync(GatewayRequest request)
    {
        if (request.Http.Request.ContentLength == 0) return default;
        var reader = request.Http.Request.BodyReader;
        while (true)
        {
            var result = await reader.ReadAsync(request.Aborted).ConfigureAwait(false);
            if (result.IsCompleted)
            {
                var body = result.Buffer.ToArray();
                reader.AdvanceTo(result.Buffer.End);
                return body;
            }
            reader.AdvanceTo(result.Buffer.Start, result.Buffer.End);
        }
    }

    /// <summary>The body as a JSON object; null if there is none.</summary>
    /// <exception cref="RefusalException">It is something else.</exception>
    internal static async ValueTask<JsonDocument?> ReadJsonAsync(GatewayRequest request)
    {
        var type = request.Http.Request.ContentType;
        // Clients that send JSON without saying so are understood; what says that it is something else is not.
        if (type is not null && !type.Contains("json", StringComparison.OrdinalIgnoreCase)
            && !type.StartsWith("text/plain", StringComparison.OrdinalIgnoreCase)
            && !type.StartsWith("application/x-www-form-urlencoded", StringComparison.OrdinalIgnoreCase))
        {
            throw new RefusalException(new(ErrorKind.UnsupportedMediaType, 415, $"This route does not take a body of {Shown(type)}; application/json goes everywhere."));
        }
        return Parse(await ReadAsync(request).ConfigureAwait(false));
    }

    /// <summary>The body as a JSON object, which must be there.</summary>
    /// <exception cref="RefusalException">It is not.</exception>
    internal static async ValueTask<JsonDocument> RequireJsonAsync(GatewayRequest request) =>
        await ReadJsonAsync(request).ConfigureAwait(false)
        ?? throw new RefusalException(GatewayError.Bad(ErrorKind.InvalidJson, "The request has no body; a JSON object is needed."));

    private static string Shown(string type) => type.Length > 100 ? type[..100] : type;

    private static JsonDocument? Parse(ReadOnlyMemory<byte> body)
    {
        if (body.IsEmpty) return null;
        if (!Utf8.IsValid(body.Span)) throw Invalid("The body is not UTF-8.");
        JsonDocument document;
        try
        {
            document = JsonDocument.Parse(body, JsonOptions);
        }
        catch (JsonException e)
        {
            throw Invalid($"The body is no JSON (line {e.LineNumber + 1}, byte {e.BytePositionInLine + 1}).");
        }
        if (document.RootElement.ValueKind == JsonValueKind.Object) return document;
        document.Dispose();
        throw Invalid("The body is no JSON object.");
    }

    private static RefusalException Invalid(string message) => new(GatewayError.Bad(ErrorKind.InvalidJson, message));
}
