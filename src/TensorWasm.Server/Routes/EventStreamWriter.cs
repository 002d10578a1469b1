using System.Buffers.Text;
using TensorWasm.Runtime;

namespace TensorWasm.Server;

/// <summary>
/// The guest's output as server-sent events: <c>start</c> tells how chunks are encoded, each <c>chunk</c> is one that the
/// guest emitted, <c>end</c> or <c>error</c> comes last.
/// </summary>
internal sealed class EventStreamWriter(GatewayRequest request, ChunkEncoding encoding, TimeProvider time) : IStreamWriter
{
    private static readonly GatewayError NotUtf8 = new(
        ErrorKind.GuestFailed, 500, "The function emitted bytes that are not UTF-8; ask for encoding=base64.");

    private readonly Utf8Splitter _text = new();
    private Guid _function;
    private GatewayError? _problem;

    public async ValueTask BeginAsync(Guid function)
    {
        _function = function;
        var response = request.Http.Response;
        ServerSentEvents.Prepare(response);
        response.Headers["X-TensorWasm-Stream-Encoding"] = encoding.Name();
        var start = JsonReply.ToBytes(writer =>
        {
            writer.WriteStartObject();
            writer.WriteString("function_id"u8, function);
            writer.WriteString("encoding"u8, encoding.Name());
            writer.WriteEndObject();
        });
        ServerSentEvents.Write(response.BodyWriter, "start"u8, start.Span);
        await response.BodyWriter.FlushAsync(request.Aborted).ConfigureAwait(false);
    }

    public ValueTask<ReadOnlyMemory<byte>?> NextAsync(Task<ReadOnlyMemory<byte>?> chunk) =>
        ServerSentEvents.WaitAsync(chunk, request.Http.Response.BodyWriter, time, request.Aborted);

    public async ValueTask<bool> WriteAsync(ReadOnlyMemory<byte> chunk)
    {
        var output = request.Http.Response.BodyWriter;
        if (encoding == ChunkEncoding.Base64)
        {
            var text = new byte[Base64.GetMaxEncodedToUtf8Length(chunk.Length)];
            Base64.EncodeToUtf8(chunk.Span, text, out _, out _);
            ServerSentEvents.Write(output, "chunk"u8, text);
        }
        else
        {
            if (!_text.TryAppend(chunk.Span, out var whole))
            {
                _problem = NotUtf8;
                return false;
            }
            if (whole.Length == 0) return true;
            ServerSentEvents.Write(output, "chunk"u8, whole);
        }
        await output.FlushAsync(request.Aborted).ConfigureAwait(false);
        return true;
    }

    public async ValueTask EndAsync(InvocationResult result)
    {
        var output = request.Http.Response.BodyWriter;
        var error = _problem ?? (result.Error is { } failure ? RuntimeErrors.Of(failure) : _text.IsWhole ? null : NotUtf8);
        if (error is not null)
        {
            request.About("stream_error", error.Kind);
            ServerSentEvents.Write(
                output, "error"u8, JsonReply.ToBytes(writer => ErrorWriter.Write(writer, error, ErrorStyle.Native)).Span);
        }
        else
        {
            var end = JsonReply.ToBytes(writer =>
            {
                writer.WriteStartObject();
                writer.WriteString("status"u8, "success"u8);
                writer.WriteString("function_id"u8, _function);
                writer.WritePropertyName("result"u8);
                Results.Write(writer, result.Results.AsSpan());
                writer.WriteEndObject();
            });
            ServerSentEvents.Write(output, "end"u8, end.Span);
        }
        await output.FlushAsync(request.Aborted).ConfigureAwait(false);
    }
}
