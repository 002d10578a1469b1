using OpenTelemetry;
using OpenTelemetry.Exporter;
using OpenTelemetry.Metrics;
using OpenTelemetry.Resources;
using OpenTelemetry.Trace;

namespace TensorWasm.Server;

/// <summary>Sends traces and metrics to a collector by OTLP.</summary>
internal sealed class TelemetryExport : IDisposable
{
    private readonly TracerProvider _traces;
    private readonly MeterProvider _metrics;

    private TelemetryExport(Uri endpoint, bool isHttp)
    {
        var name = Environment.GetEnvironmentVariable("OTEL_SERVICE_NAME") ?? "tensor-wasm";
        var resource = ResourceBuilder.CreateDefault().AddService(name);
        _traces = Sdk.CreateTracerProviderBuilder()
            .SetResourceBuilder(resource)
            .AddSource("TensorWasm.*")
            .AddOtlpExporter(otlp => Configure(otlp, "v1/traces"))
            .Build();
        _metrics = Sdk.CreateMeterProviderBuilder()
            .SetResourceBuilder(resource)
            .AddMeter("TensorWasm.*", "System.Runtime")
            .AddOtlpExporter(otlp => Configure(otlp, "v1/metrics"))
            .Build();

        void Configure(OtlpExporterOptions otlp, string path)
        {
            otlp.Protocol = isHttp ? OtlpExportProtocol.HttpProtobuf : OtlpExportProtocol.Grpc;
            otlp.Endpoint = isHttp ? new Uri($"{endpoint.AbsoluteUri.TrimEnd('/')}/{path}") : endpoint;
        }
    }

    /// <summary>Begins to send; null if there is nowhere to.</summary>
    /// <exception cref="FormatException">The endpoint is no URL.</exception>
    internal static TelemetryExport? Start(string? endpoint, string protocol)
    {
        if (endpoint is null) return null;
        return Uri.TryCreate(endpoint, UriKind.Absolute, out var uri) && uri.Scheme is "http" or "https"
            ? new TelemetryExport(uri, protocol == "http/protobuf")
            : throw new FormatException($"otlp_endpoint: '{endpoint}' is no URL");
    }

    public void Dispose()
    {
        _traces.Dispose();
        _metrics.Dispose();
    }
}
