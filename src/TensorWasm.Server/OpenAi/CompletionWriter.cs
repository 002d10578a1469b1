using System.Text.Json;

namespace TensorWasm.Server;

/// <summary>Text completions on the wire.</summary>
internal sealed class CompletionWriter(GatewayRequest request, Model model, Generation generation, TimeProvider time)
    : GenerationWriter(request, model, generation, time)
{
    // Where each choice's next token begins in its text.
    private readonly Dictionary<int, int> _offsets = [];

    protected override string IdPrefix => "cmpl-";

    protected override string ObjectName => "text_completion";

    protected override string ChunkName => "text_completion";

    protected override void WriteFirst(Choice choice)
    {
        if (Generation.Request.Echo is { } echo)
        {
            Send(writer => WritePiece(writer, choice, echo[choice.Index / Generation.Request.Count], [], null));
        }
    }

    protected override void WriteDelta(Utf8JsonWriter writer, ChoiceDelta delta) =>
        WritePiece(writer, delta.Choice, delta.Text, delta.Token is { } token ? [token] : [], null);

    protected override void WriteLast(Utf8JsonWriter writer, Choice choice) =>
        WritePiece(writer, choice, "", [], choice.Finish);

    protected override void WriteChoice(Utf8JsonWriter writer, Choice choice) =>
        WritePiece(writer, choice, choice.Text, choice.Tokens, choice.Finish);

    private void WritePiece(
        Utf8JsonWriter writer, Choice choice, string text, List<ModelRecord> tokens, string? finish)
    {
        writer.WriteStartObject();
        writer.WriteString("text"u8, text);
        writer.WriteNumber("index"u8, choice.Index);
        writer.WritePropertyName("logprobs"u8);
        WriteLogprobs(writer, choice, tokens);
        writer.WriteString("finish_reason"u8, finish);
        writer.WriteEndObject();
    }

    private void WriteLogprobs(Utf8JsonWriter writer, Choice choice, List<ModelRecord> tokens)
    {
        if (Generation.Request.Logprobs is not { } count || tokens.Count == 0)
        {
            writer.WriteNullValue();
            return;
        }
        writer.WriteStartObject();
        writer.WriteStartArray("tokens"u8);
        foreach (var record in tokens) writer.WriteStringValue(record.Token);
        writer.WriteEndArray();
        writer.WriteStartArray("token_logprobs"u8);
        foreach (var record in tokens) writer.WriteNumberValue(record.Logprob ?? 0);
        writer.WriteEndArray();
        writer.WriteStartArray("top_logprobs"u8);
        foreach (var record in tokens)
        {
            writer.WriteStartObject();
            foreach (var (text, logprob) in record.Top.Take(count)) writer.WriteNumber(text, logprob);
            writer.WriteEndObject();
        }
        writer.WriteEndArray();
        writer.WriteStartArray("text_offset"u8);
        var offset = _offsets.GetValueOrDefault(choice.Index, Generation.Request.Echo?[choice.Index / Generation.Request.Count].Length ?? 0);
        foreach (var record in tokens)
        {
            writer.WriteNumberValue(offset);
            offset += record.Token!.Length;
        }
        _offsets[choice.Index] = offset;
        writer.WriteEndArray();
        writer.WriteEndObject();
    }
}
