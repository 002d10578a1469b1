using System.Buffers;
using TensorWasm.Runtime;

namespace TensorWasm.Server;

/// <summary>Calling functions and waiting for their results.</summary>
internal sealed class InvocationRoutes(TensorWasmRuntime runtime)
{
    internal const string BytesType = "application/octet-stream";

    internal static readonly IReadOnlyList<(string, string)> Bodies =
    [
        ("application/json", "InvokeRequest"), (BytesType, "Bytes"), (TensorFormat.MediaType, "Bytes"),
    ];

    internal static readonly IReadOnlyList<ParameterDescription> Parameters =
    [
        new("query", "export", "string", "The export to call, when the body is not JSON."),
        new("query", "arg", "string", "An argument, when the body is not JSON; may come several times."),
        new("query", "deadline_ms", "integer", "A deadline, when the body is not JSON."),
        new("header", "X-Tensor-Dtype", "string", "The element type of a tensor body: u8 to f64."),
        new("header", "X-Tensor-Shape", "string", "The shape of a tensor body: numbers with commas between."),
    ];

    internal static readonly IReadOnlyList<(int, string)> Refusals =
    [
        (400, ErrorKind.MissingExport), (400, ErrorKind.InvalidArguments), (429, ErrorKind.Overloaded),
        (500, ErrorKind.GuestFailed), (504, ErrorKind.InvokeTimeout),
    ];

    internal static readonly GatewayError Unknown = GatewayError.NotFound("There is no such function.");

    internal IEnumerable<Route> Rows =>
    [
        new()
        {
            Method = "POST", Pattern = "/functions/{id}/invoke", Action = "invoke_function",
            Permission = Permissions.Invoke, Audit = AuditLevel.Requests, Handler = InvokeAsync,
            Description = new("invocation", "Calls a function and answers its results.")
            {
                Body = Bodies,
                Parameters = Parameters,
                Answers =
                [
                    (200, "application/json", "InvokeReply"), (200, BytesType, "Bytes"),
                    (200, TensorFormat.MediaType, "Bytes"),
                ],
                Refusals = Refusals,
            },
        },
    ];

    private async ValueTask<GatewayError?> InvokeAsync(GatewayRequest request)
    {
        if (!FunctionPath.TryRead(request, out var function)) return Unknown;
        var body = await InvokeBody.ReadAsync(request).ConfigureAwait(false);
        var invocation = body.ToInvocation(request, function);
        var accept = request.Http.Request.Headers.Accept.ToString();
        if (accept.Contains(TensorFormat.MediaType, StringComparison.OrdinalIgnoreCase))
        {
            return await AnswerBytesAsync(request, invocation, isTensor: true).ConfigureAwait(false);
        }
        if (accept.StartsWith(BytesType, StringComparison.OrdinalIgnoreCase))
        {
            return await AnswerBytesAsync(request, invocation, isTensor: false).ConfigureAwait(false);
        }
        var result = await runtime.InvokeAsync(invocation, request.Aborted).ConfigureAwait(false);
        if (result.Error is { } error) return RuntimeErrors.Of(error);
        JsonReply.Write(request.Http.Response, (function.Function, result), static (writer, reply) =>
            Results.WritePayload(writer, reply.Function, reply.result.Results.AsSpan()));
        return null;
    }

    // The guest's output is the answer; what it returned stands in a header.
    private async ValueTask<GatewayError?> AnswerBytesAsync(
        GatewayRequest request, InvocationRequest invocation, bool isTensor)
    {
        using var output = new OutputStream();
        var running = runtime.InvokeAsync(invocation with { Output = output }, request.Aborted).AsTask();
        var bytes = new ArrayBufferWriter<byte>();
        while (await output.ReadAsync(request.Aborted).ConfigureAwait(false) is { } chunk) bytes.Write(chunk.Span);
        var result = await running.ConfigureAwait(false);
        if (result.Error is { } error) return RuntimeErrors.Of(error);
        var response = request.Http.Response;
        var start = 0;
        if (isTensor)
        {
            start = TensorFormat.ToHttp(bytes.WrittenSpan, response.Headers);
            if (start < 0)
            {
                return new(ErrorKind.GuestFailed, 500, "The function emitted no tensor: see the tensor format in the documentation.");
            }
        }
        response.ContentType = isTensor ? TensorFormat.MediaType : BytesType;
        response.Headers["X-TensorWasm-Result"] = ResultText(result);
        response.ContentLength = bytes.WrittenCount - start;
        await response.BodyWriter.WriteAsync(bytes.WrittenMemory[start..], request.Aborted).ConfigureAwait(false);
        return null;
    }

    internal static string ResultText(InvocationResult result)
    {
        var json = JsonReply.ToBytes(writer => Results.Write(writer, result.Results.AsSpan()));
        return System.Text.Encoding.UTF8.GetString(json.Span);
    }
}
