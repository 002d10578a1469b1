using TensorWasm.Runtime;

namespace TensorWasm.Server;

/// <summary>Calling functions and getting their output while they run.</summary>
internal sealed class StreamRoutes(TensorWasmRuntime runtime, TimeProvider time)
{
    internal IEnumerable<Route> Rows =>
    [
        new()
        {
            Method = "POST", Pattern = "/functions/{id}/invoke-stream", Action = "invoke_function_stream",
            Permission = Permissions.Invoke, Audit = AuditLevel.Requests, Handler = StreamAsync,
            Description = new(
                "invocation", "Calls a function and answers what it emits, as server-sent events or as it is.")
            {
                Body = InvocationRoutes.Bodies,
                Parameters =
                [
                    .. InvocationRoutes.Parameters,
                    new("query", "encoding", "string", "How events hold chunks: base64 (the default) or utf-8."),
                ],
                Answers = [(200, ServerSentEvents.MediaType, "EventStream"), (200, InvocationRoutes.BytesType, "Bytes")],
                Refusals = InvocationRoutes.Refusals,
            },
        },
    ];

    private async ValueTask<GatewayError?> StreamAsync(GatewayRequest request)
    {
        if (!FunctionPath.TryRead(request, out var function)) return InvocationRoutes.Unknown;
        var encoding = ChunkEncodings.Of(request);
        var body = await InvokeBody.ReadAsync(request).ConfigureAwait(false);
        using var output = new OutputStream();
        using var gone = CancellationTokenSource.CreateLinkedTokenSource(request.Aborted);
        var running = runtime.InvokeAsync(
            body.ToInvocation(request, function) with { Output = output }, gone.Token).AsTask();
        try
        {
            // What can't be run is told as an ordinary error: nothing is answered before the guest emits or returns,
            // unless that takes long.
            var next = output.ReadAsync(request.Aborted).AsTask();
            await Task.WhenAny(next, Task.Delay(ServerSentEvents.KeepAlive, time, gone.Token)).ConfigureAwait(false);
            if (next.IsCompleted && await next.ConfigureAwait(false) is null
                && await running.ConfigureAwait(false) is { Error: { } refused })
            {
                return RuntimeErrors.Of(refused);
            }
            var writer = CreateWriter(request, encoding);
            await writer.BeginAsync(function.Function).ConfigureAwait(false);
            while (await writer.NextAsync(next).ConfigureAwait(false) is { } chunk)
            {
                if (!await writer.WriteAsync(chunk).ConfigureAwait(false))
                {
                    await gone.CancelAsync().ConfigureAwait(false);
                    break;
                }
                next = output.ReadAsync(request.Aborted).AsTask();
            }
            await writer.EndAsync(await running.ConfigureAwait(false)).ConfigureAwait(false);
            return null;
        }
        finally
        {
            // A client that left ends its guest.
            await gone.CancelAsync().ConfigureAwait(false);
            output.Dispose();
            await ((Task)running).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    private IStreamWriter CreateWriter(GatewayRequest request, ChunkEncoding encoding) =>
        request.Http.Request.Headers.Accept.ToString().Contains(ServerSentEvents.MediaType, StringComparison.OrdinalIgnoreCase)
            ? new EventStreamWriter(request, encoding, time)
            : new ByteStreamWriter(request);
}
