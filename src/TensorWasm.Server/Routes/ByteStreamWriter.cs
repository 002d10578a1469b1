using TensorWasm.Runtime;

namespace TensorWasm.Server;

/// <summary>
/// The guest's bytes as they are, one HTTP chunk for each that it emits. How it ended stands in trailers; of a guest that
/// failed the connection is cut, so that no client takes its output for whole.
/// </summary>
internal sealed class ByteStreamWriter(GatewayRequest request) : IStreamWriter
{
    private const string StatusTrailer = "X-TensorWasm-Status";
    private const string ResultTrailer = "X-TensorWasm-Result";

    public async ValueTask BeginAsync(Guid function)
    {
        var response = request.Http.Response;
        response.ContentType = InvocationRoutes.BytesType;
        response.Headers.CacheControl = "no-store";
        response.DeclareTrailer(StatusTrailer);
        response.DeclareTrailer(ResultTrailer);
        await response.StartAsync(request.Aborted).ConfigureAwait(false);
    }

    public ValueTask<ReadOnlyMemory<byte>?> NextAsync(Task<ReadOnlyMemory<byte>?> chunk) => new(chunk);

    public async ValueTask<bool> WriteAsync(ReadOnlyMemory<byte> chunk)
    {
        await request.Http.Response.BodyWriter.WriteAsync(chunk, request.Aborted).ConfigureAwait(false);
        return true;
    }

    public ValueTask EndAsync(InvocationResult result)
    {
        var response = request.Http.Response;
        if (result.Error is { } error)
        {
            request.About("stream_error", RuntimeErrors.Of(error).Kind);
            request.Http.Abort();
            return default;
        }
        if (response.SupportsTrailers())
        {
            response.AppendTrailer(StatusTrailer, "success");
            response.AppendTrailer(ResultTrailer, InvocationRoutes.ResultText(result));
        }
        return default;
    }
}
