using System.Text;
using System.Text.Json;

namespace TensorWasm.Server;

/// <summary>Chat completions on the wire.</summary>
internal sealed class ChatWriter(GatewayRequest request, Model model, Generation generation, TimeProvider time)
    : GenerationWriter(request, model, generation, time)
{
    protected override string IdPrefix => "chatcmpl-";

    protected override string ObjectName => "chat.completion";

    protected override string ChunkName => "chat.completion.chunk";

    protected override void WriteFirst(Choice choice) => Send(writer => WriteChunk(writer, choice, null, null, delta =>
    {
        delta.WriteString("role"u8, "assistant"u8);
        delta.WriteString("content"u8, ""u8);
    }));

    protected override void WriteDelta(Utf8JsonWriter writer, ChoiceDelta delta) => WriteChunk(
        writer, delta.Choice, delta.Token, null, body =>
        {
            if (delta.ToolCall is { } call)
            {
                body.WriteStartArray("tool_calls"u8);
                WriteToolCall(body, call, delta.Choice.ToolCalls.IndexOf(call));
                body.WriteEndArray();
            }
            else body.WriteString("content"u8, delta.Text);
        });

    protected override void WriteLast(Utf8JsonWriter writer, Choice choice) =>
        WriteChunk(writer, choice, null, choice.Finish, static _ => { });

    protected override void WriteChoice(Utf8JsonWriter writer, Choice choice)
    {
        writer.WriteStartObject();
        writer.WriteNumber("index"u8, choice.Index);
        writer.WriteStartObject("message"u8);
        writer.WriteString("role"u8, "assistant"u8);
        writer.WriteString("content"u8, choice.Text.Length == 0 && choice.ToolCalls.Count > 0 ? null : choice.Text);
        writer.WriteNull("refusal"u8);
        if (choice.ToolCalls.Count > 0)
        {
            writer.WriteStartArray("tool_calls"u8);
            foreach (var call in choice.ToolCalls) WriteToolCall(writer, call, null);
            writer.WriteEndArray();
        }
        writer.WriteEndObject();
        writer.WritePropertyName("logprobs"u8);
        WriteLogprobs(writer, choice.Tokens);
        writer.WriteString("finish_reason"u8, choice.Finish);
        writer.WriteEndObject();
    }

    private void WriteChunk(
        Utf8JsonWriter writer, Choice choice, ModelRecord? token, string? finish, Action<Utf8JsonWriter> writeDelta)
    {
        writer.WriteStartObject();
        writer.WriteNumber("index"u8, choice.Index);
        writer.WriteStartObject("delta"u8);
        writeDelta(writer);
        writer.WriteEndObject();
        writer.WritePropertyName("logprobs"u8);
        WriteLogprobs(writer, token is null ? [] : [token]);
        writer.WriteString("finish_reason"u8, finish);
        writer.WriteEndObject();
    }

    private void WriteLogprobs(Utf8JsonWriter writer, List<ModelRecord> tokens)
    {
        if (Generation.Request.Logprobs is not { } count || tokens.Count == 0)
        {
            writer.WriteNullValue();
            return;
        }
        writer.WriteStartObject();
        writer.WriteStartArray("content"u8);
        foreach (var record in tokens)
        {
            writer.WriteStartObject();
            WriteToken(writer, record.Token!, record.Logprob ?? 0);
            writer.WriteStartArray("top_logprobs"u8);
            foreach (var (text, logprob) in record.Top.Take(count))
            {
                writer.WriteStartObject();
                WriteToken(writer, text, logprob);
                writer.WriteEndObject();
            }
            writer.WriteEndArray();
            writer.WriteEndObject();
        }
        writer.WriteEndArray();
        writer.WriteNull("refusal"u8);
        writer.WriteEndObject();
    }

    private static void WriteToken(Utf8JsonWriter writer, string text, double logprob)
    {
        writer.WriteString("token"u8, text);
        writer.WriteNumber("logprob"u8, logprob);
        writer.WriteStartArray("bytes"u8);
        foreach (var value in Encoding.UTF8.GetBytes(text)) writer.WriteNumberValue(value);
        writer.WriteEndArray();
    }

    private static void WriteToolCall(Utf8JsonWriter writer, (string Id, string Name, string Arguments) call, int? index)
    {
        writer.WriteStartObject();
        if (index is { } place) writer.WriteNumber("index"u8, place);
        writer.WriteString("id"u8, call.Id);
        writer.WriteString("type"u8, "function"u8);
        writer.WriteStartObject("function"u8);
        writer.WriteString("name"u8, call.Name);
        writer.WriteString("arguments"u8, call.Arguments);
        writer.WriteEndObject();
        writer.WriteEndObject();
    }
}
