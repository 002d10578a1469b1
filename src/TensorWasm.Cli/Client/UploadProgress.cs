using System.Globalization;
using System.Net;

namespace TensorWasm.Cli;

/// <summary>A body that tells a person at a terminal how much of it is sent; quiet where nobody looks, or it is small.</summary>
internal sealed class UploadProgress : HttpContent
{
    private const int MinBytes = 1 << 20;
    private const int ChunkBytes = 64 << 10;

    private readonly byte[] _body;
    private readonly TextWriter _terminal;

    private UploadProgress(byte[] body, HttpContent inner, TextWriter terminal)
    {
        (_body, _terminal) = (body, terminal);
        Headers.ContentType = inner.Headers.ContentType;
    }

    internal static HttpContent Around(HttpContent body, CliContext context)
    {
        if (!context.IsErrorTerminal || body.Headers.ContentLength is null or < MinBytes) return body;
        using var stream = body.ReadAsStream();
        var bytes = new byte[stream.Length];
        stream.ReadExactly(bytes);
        return new UploadProgress(bytes, body, context.Error);
    }

    protected override bool TryComputeLength(out long length)
    {
        length = _body.Length;
        return true;
    }

    protected override void SerializeToStream(Stream stream, TransportContext? context, CancellationToken cancellationToken)
    {
        for (var sent = 0; sent < _body.Length; sent += ChunkBytes)
        {
            cancellationToken.ThrowIfCancellationRequested();
            stream.Write(_body, sent, Math.Min(ChunkBytes, _body.Length - sent));
            Show(Math.Min(_body.Length, sent + ChunkBytes));
        }
        _terminal.Write("\r\u001b[K");
        _terminal.Flush();
    }

    protected override async Task SerializeToStreamAsync(Stream stream, TransportContext? context) =>
        await stream.WriteAsync(_body).ConfigureAwait(false);

    private void Show(int sent)
    {
        var percent = 100L * sent / _body.Length;
        _terminal.Write(string.Create(CultureInfo.InvariantCulture, $"\rsending {percent,3} % of {_body.Length >> 20} MiB"));
        _terminal.Flush();
    }
}
