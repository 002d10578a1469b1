using System.Text.Json;

namespace TensorWasm.Server;

/// <summary>What chats and completions have in common on the wire.</summary>
internal abstract class GenerationWriter(GatewayRequest request, Model model, Generation generation, TimeProvider time)
{
    private readonly string _id = Guid.NewGuid().ToString("N");
    private readonly long _created = time.GetUtcNow().ToUnixTimeSeconds();

    protected Generation Generation { get; } = generation;

    protected abstract string IdPrefix { get; }

    protected abstract string ObjectName { get; }

    protected abstract string ChunkName { get; }

    /// <summary>Answers the finished text at once.</summary>
    internal void WriteWhole() => JsonReply.Write(request.Http.Response, writer =>
    {
        WriteHead(writer, ObjectName);
        writer.WriteStartArray("choices"u8);
        foreach (var choice in Generation.Choices) WriteChoice(writer, choice);
        writer.WriteEndArray();
        writer.WritePropertyName("usage"u8);
        WriteUsage(writer, Generation.PromptTokens, Generation.CompletionTokens);
        writer.WriteEndObject();
    });

    /// <summary>Answers text as it comes.</summary>
    internal async Task StreamAsync()
    {
        // What can't be begun is told as an ordinary error, before anything is answered.
        var next = Generation.NextAsync();
        await Task.WhenAny(next, Task.Delay(ServerSentEvents.KeepAlive, time, request.Aborted)).ConfigureAwait(false);
        if (next.IsCompleted) await next.ConfigureAwait(false);
        var response = request.Http.Response;
        ServerSentEvents.Prepare(response);
        foreach (var choice in Generation.Choices) WriteFirst(choice);
        await response.BodyWriter.FlushAsync(request.Aborted).ConfigureAwait(false);
        try
        {
            while (await ServerSentEvents.WaitAsync(next, response.BodyWriter, time, request.Aborted).ConfigureAwait(false)
                is { } deltas)
            {
                foreach (var delta in deltas) Send(writer => WriteDelta(writer, delta));
                if (deltas.Count > 0) await response.BodyWriter.FlushAsync(request.Aborted).ConfigureAwait(false);
                next = Generation.NextAsync();
            }
            foreach (var choice in Generation.Choices) Send(writer => WriteLast(writer, choice));
            if (Generation.Request.IncludeUsage) SendUsage();
            ServerSentEvents.Write(response.BodyWriter, default, "[DONE]"u8);
        }
        catch (RefusalException e)
        {
            // Clients raise this in the midst of the stream.
            request.About("stream_error", e.Error.Kind);
            ServerSentEvents.Write(
                response.BodyWriter, default,
                JsonReply.ToBytes(writer => ErrorWriter.Write(writer, e.Error, ErrorStyle.OpenAi)).Span);
        }
        await response.BodyWriter.FlushAsync(request.Aborted).ConfigureAwait(false);
    }

    internal static void WriteUsage(Utf8JsonWriter writer, int prompt, int completion)
    {
        writer.WriteStartObject();
        writer.WriteNumber("prompt_tokens"u8, prompt);
        writer.WriteNumber("completion_tokens"u8, completion);
        writer.WriteNumber("total_tokens"u8, prompt + completion);
        writer.WriteEndObject();
    }

    /// <summary>Sends what a choice begins with, if anything.</summary>
    protected abstract void WriteFirst(Choice choice);

    protected abstract void WriteChoice(Utf8JsonWriter writer, Choice choice);

    protected abstract void WriteDelta(Utf8JsonWriter writer, ChoiceDelta delta);

    protected abstract void WriteLast(Utf8JsonWriter writer, Choice choice);

    /// <summary>Sends an event whose only choice <paramref name="write"/> writes.</summary>
    protected void Send(Action<Utf8JsonWriter> write) => SendEvent(writer =>
    {
        writer.WriteStartArray("choices"u8);
        write(writer);
        writer.WriteEndArray();
        if (Generation.Request.IncludeUsage) writer.WriteNull("usage"u8);
    });

    private void SendUsage() => SendEvent(writer =>
    {
        writer.WriteStartArray("choices"u8);
        writer.WriteEndArray();
        writer.WritePropertyName("usage"u8);
        WriteUsage(writer, Generation.PromptTokens, Generation.CompletionTokens);
    });

    private void SendEvent(Action<Utf8JsonWriter> write) => ServerSentEvents.Write(
        request.Http.Response.BodyWriter, default, JsonReply.ToBytes(writer =>
        {
            WriteHead(writer, ChunkName);
            write(writer);
            writer.WriteEndObject();
        }).Span);

    private void WriteHead(Utf8JsonWriter writer, string name)
    {
        writer.WriteStartObject();
        writer.WriteString("id"u8, IdPrefix + _id);
        writer.WriteString("object"u8, name);
        writer.WriteNumber("created"u8, _created);
        writer.WriteString("model"u8, model.Name);
        writer.WriteString("system_fingerprint"u8, model.Fingerprint);
    }
}
