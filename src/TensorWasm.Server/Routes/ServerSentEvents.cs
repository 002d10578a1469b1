using System.Buffers;
using System.IO.Pipelines;

namespace TensorWasm.Server;

/// <summary>Writes events as the HTML standard's event streams have them.</summary>
internal static class ServerSentEvents
{
    internal const string MediaType = "text/event-stream";

    /// <summary>How often an idle stream gets a comment, so that proxies keep it.</summary>
    internal static readonly TimeSpan KeepAlive = TimeSpan.FromSeconds(15);

    private static readonly SearchValues<byte> LineEnds = SearchValues.Create("\r\n"u8);

    internal static ReadOnlyMemory<byte> Ping { get; } = ": ping\n\n"u8.ToArray();

    /// <summary>Sets the response's headers.</summary>
    internal static void Prepare(HttpResponse response)
    {
        response.ContentType = MediaType;
        response.Headers.CacheControl = "no-cache";
        // nginx would gather the events otherwise.
        response.Headers["X-Accel-Buffering"] = "no";
    }

    /// <summary>Writes an event; data of several lines becomes several data lines.</summary>
    internal static void Write(PipeWriter output, ReadOnlySpan<byte> name, ReadOnlySpan<byte> data)
    {
        if (!name.IsEmpty)
        {
            output.Write("event: "u8);
            output.Write(name);
            output.Write("\n"u8);
        }
        while (true)
        {
            var end = data.IndexOfAny(LineEnds);
            output.Write("data: "u8);
            output.Write(end < 0 ? data : data[..end]);
            output.Write("\n"u8);
            if (end < 0) break;
            data = data[(data[end] == '\r' && end + 1 < data.Length && data[end + 1] == '\n' ? end + 2 : end + 1)..];
        }
        output.Write("\n"u8);
    }

    /// <summary>Waits for something, with pings to the client meanwhile.</summary>
    internal static async ValueTask<T> WaitAsync<T>(
        Task<T> next, PipeWriter output, TimeProvider time, CancellationToken token)
    {
        while (true)
        {
            try
            {
                return await next.WaitAsync(KeepAlive, time, token).ConfigureAwait(false);
            }
            catch (TimeoutException) when (!next.IsCompleted)
            {
                await output.WriteAsync(Ping, token).ConfigureAwait(false);
            }
        }
    }
}
