using System.Globalization;
using System.Text.Json;

namespace TensorWasm.Server;

/// <summary>Writes errors as bodies that clients can read.</summary>
internal static class ErrorWriter
{
    /// <summary>Answers with an error, unless an answer has begun: then the connection is cut, so that no client
    /// takes half an answer for a whole one.</summary>
    internal static void Write(HttpContext context, GatewayError error, ErrorStyle style)
    {
        var response = context.Response;
        if (response.HasStarted)
        {
            context.Abort();
            return;
        }
        response.StatusCode = error.Status;
        if (error.RetryAfter is { } wait)
        {
            var seconds = Math.Max(1, (long)Math.Ceiling(wait.TotalSeconds));
            response.Headers.RetryAfter = seconds.ToString(CultureInfo.InvariantCulture);
        }
        if (error.Status == StatusCodes.Status401Unauthorized) response.Headers.WWWAuthenticate = "Bearer";
        JsonReply.Write(response, (error, style), static (writer, reply) => Write(writer, reply.error, reply.style));
    }

    /// <summary>Writes the error's object: <c>{"error":{...}}</c>.</summary>
    internal static void Write(Utf8JsonWriter writer, GatewayError error, ErrorStyle style)
    {
        writer.WriteStartObject();
        writer.WriteStartObject("error"u8);
        if (style == ErrorStyle.Native)
        {
            writer.WriteString("kind"u8, error.Kind);
            writer.WriteString("message"u8, error.Message);
        }
        else
        {
            writer.WriteString("message"u8, error.Message);
            writer.WriteString("type"u8, OpenAiType(error.Status));
            writer.WriteString("param"u8, error.Parameter);
            writer.WriteString("code"u8, error.Code ?? OpenAiCode(error));
        }
        writer.WriteEndObject();
        writer.WriteEndObject();
    }

    private static string OpenAiType(int status) => status switch
    {
        429 => "rate_limit_error",
        >= 500 => "server_error",
        _ => "invalid_request_error",
    };

    private static string OpenAiCode(GatewayError error) => error.Kind switch
    {
        ErrorKind.Unauthorized => "invalid_api_key",
        ErrorKind.RateLimited => "rate_limit_exceeded",
        ErrorKind.InvalidRequest => "openai_invalid_request",
        _ => error.Kind,
    };
}
