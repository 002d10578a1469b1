using System.Buffers;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace TensorWasm.Server;

/// <summary>Writes JSON answers whole, with their length. They leave when the request ends: after its audit record.</summary>
internal static class JsonReply
{
    // A large answer's buffer is not kept for the thread's life.
    private const int MaxKeptBytes = 64 << 10;

    /// <summary>Escapes what JSON wants escaped and nothing else: answers are never put into HTML.</summary>
    internal static readonly JsonWriterOptions WriterOptions = new()
    {
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
        SkipValidation = true,
    };

    [ThreadStatic]
    private static ArrayBufferWriter<byte>? Buffer;

    [ThreadStatic]
    private static Utf8JsonWriter? Writer;

    /// <summary>Answers with what <paramref name="write"/> writes. The status is the one that the response has.</summary>
    internal static void Write(HttpResponse response, Action<Utf8JsonWriter> write) =>
        Write(response, write, static (writer, write) => write(writer));

    /// <summary>Answers with what <paramref name="write"/> writes of <paramref name="state"/>.</summary>
    internal static void Write<T>(HttpResponse response, T state, Action<Utf8JsonWriter, T> write)
    {
        var buffer = Buffer ??= new ArrayBufferWriter<byte>(512);
        var writer = Writer ??= new Utf8JsonWriter(buffer, WriterOptions);
        buffer.ResetWrittenCount();
        writer.Reset(buffer);
        write(writer, state);
        writer.Flush();
        var body = buffer.WrittenSpan;
        response.ContentType = "application/json";
        response.ContentLength = body.Length;
        response.BodyWriter.Write(body);
        if (buffer.Capacity <= MaxKeptBytes) return;
        (Buffer, Writer) = (null, null);
    }

    /// <summary>Answers with a list.</summary>
    /// <param name="response">The answer.</param>
    /// <param name="name">The member that has the list.</param>
    /// <param name="items">What is in it.</param>
    /// <param name="write">Writes one.</param>
    /// <param name="next">Where the next page begins; null where there is none.</param>
    internal static void WriteList<T>(
        HttpResponse response, string name, IReadOnlyList<T> items, Action<Utf8JsonWriter, T> write, Guid? next = null) =>
        Write(response, (name, items, write, next), static (writer, reply) =>
        {
            writer.WriteStartObject();
            writer.WriteStartArray(reply.name);
            foreach (var item in reply.items) reply.write(writer, item);
            writer.WriteEndArray();
            if (reply.next is { } next) writer.WriteString("next"u8, next);
            writer.WriteEndObject();
        });

    /// <summary>The bytes of what <paramref name="write"/> writes.</summary>
    internal static ReadOnlyMemory<byte> ToBytes(Action<Utf8JsonWriter> write)
    {
        var buffer = new ArrayBufferWriter<byte>(512);
        using (var writer = new Utf8JsonWriter(buffer, WriterOptions)) write(writer);
        return buffer.WrittenMemory;
    }
}
