using System.Buffers.Binary;
using System.Collections.Concurrent;
using System.IO.Compression;
using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core;

namespace TensorWasm.Server.Tests;

/// <summary>A collector: takes OTLP over HTTP, and over gRPC, as the specification of OTLP 1.x has them.</summary>
internal sealed class OtlpReceiver : IAsyncDisposable
{
    private const string GrpcTraces = "/opentelemetry.proto.collector.trace.v1.TraceService/Export";
    private const string GrpcMetrics = "/opentelemetry.proto.collector.metrics.v1.MetricsService/Export";

    private readonly WebApplication _app;

    private OtlpReceiver(WebApplication app) => _app = app;

    internal string Address => _app.Urls.First();

    internal ConcurrentQueue<OtlpSpan> Spans { get; } = [];

    /// <summary>The names of metrics that came.</summary>
    internal ConcurrentDictionary<string, ProtobufMessage> Metrics { get; } = [];

    /// <summary>Paths that were asked for.</summary>
    internal ConcurrentDictionary<string, bool> Paths { get; } = [];

    internal static async Task<OtlpReceiver> StartAsync(bool isGrpc)
    {
        var builder = WebApplication.CreateEmptyBuilder(new());
        builder.WebHost.UseKestrelCore();
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.Listen(
            IPAddress.Loopback, 0, listen => listen.Protocols = isGrpc ? HttpProtocols.Http2 : HttpProtocols.Http1));
        var app = builder.Build();
        var receiver = new OtlpReceiver(app);
        app.Run(receiver.TakeAsync);
        await app.StartAsync(TestContext.Current.CancellationToken);
        return receiver;
    }

    public async ValueTask DisposeAsync() => await _app.DisposeAsync();

    private async Task TakeAsync(HttpContext context)
    {
        using var body = new MemoryStream();
        await context.Request.Body.CopyToAsync(body);
        var bytes = body.ToArray();
        var path = context.Request.Path.Value!;
        Paths[path] = true;
        var isGrpc = path is GrpcTraces or GrpcMetrics;
        if (isGrpc)
        {
            // A message is a flag, its length, and itself.
            var length = (int)BinaryPrimitives.ReadUInt32BigEndian(bytes.AsSpan(1));
            var isCompressed = bytes[0] == 1;
            bytes = bytes[5..(5 + length)];
            if (isCompressed) bytes = Inflate(bytes);
        }
        else if (context.Request.Headers.ContentEncoding == "gzip") bytes = Inflate(bytes);
        if (path is GrpcTraces or "/v1/traces") Read(new ProtobufMessage(bytes), AddSpans);
        else if (path is GrpcMetrics or "/v1/metrics") Read(new ProtobufMessage(bytes), AddMetrics);
        else
        {
            context.Response.StatusCode = StatusCodes.Status404NotFound;
            return;
        }
        context.Response.ContentType = isGrpc ? "application/grpc" : "application/x-protobuf";
        if (!isGrpc) return;
        await context.Response.Body.WriteAsync(new byte[5]);
        context.Response.AppendTrailer("grpc-status", "0");
    }

    private static byte[] Inflate(byte[] bytes)
    {
        using var stream = new GZipStream(new MemoryStream(bytes), CompressionMode.Decompress);
        using var inflated = new MemoryStream();
        stream.CopyTo(inflated);
        return inflated.ToArray();
    }

    private static void Read(ProtobufMessage request, Action<ProtobufMessage, string> add)
    {
        foreach (var ofResource in request.Messages(1))
        {
            var resource = OtlpSpan.ReadAttributes(ofResource.Messages(1).Single(), 1);
            foreach (var scope in ofResource.Messages(2)) add(scope, resource["service.name"]);
        }
    }

    private void AddSpans(ProtobufMessage scope, string service)
    {
        foreach (var span in scope.Messages(2)) Spans.Enqueue(new OtlpSpan(span, service));
    }

    private void AddMetrics(ProtobufMessage scope, string service)
    {
        foreach (var metric in scope.Messages(2)) Metrics[metric.Text(1)] = metric;
    }
}
