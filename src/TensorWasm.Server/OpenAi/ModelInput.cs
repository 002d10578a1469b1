using System.Text.Json;

namespace TensorWasm.Server;

/// <summary>
/// Makes what a model reads: the client's own request, with the members that the gateway understands put into one form, so
/// that a guest need not know several.
/// </summary>
internal static class ModelInput
{
    private static readonly string[] Replaced =
        ["prompt", "input", "stop", "max_tokens", "max_completion_tokens", "n", "stream", "stream_options", "kind", "prompts",
         "inputs", "logprobs", "top_logprobs"];

    internal static ReadOnlyMemory<byte> Of(JsonElement json, string kind, Action<Utf8JsonWriter> write) =>
        JsonReply.ToBytes(writer =>
        {
            writer.WriteStartObject();
            writer.WriteString("kind"u8, kind);
            write(writer);
            foreach (var member in json.EnumerateObject())
            {
                if (!Replaced.Contains(member.Name)) member.WriteTo(writer);
            }
            writer.WriteEndObject();
        });

    internal static void WriteCommon(Utf8JsonWriter writer, GenerationRequest request)
    {
        writer.WriteNumber("n"u8, request.Count);
        if (request.MaxTokens != int.MaxValue) writer.WriteNumber("max_tokens"u8, request.MaxTokens);
        writer.WriteStartArray("stop"u8);
        foreach (var stop in request.Stops) writer.WriteStringValue(stop);
        writer.WriteEndArray();
        if (request.Logprobs is { } count) writer.WriteNumber("logprobs"u8, count);
    }
}
