using OpenTelemetry;
using OpenTelemetry.Metrics;
using OpenTelemetry.Resources;
using OpenTelemetry.Trace;

namespace TensorWasm.Server;

/// <summary>Sends traces and metrics to a collector by OTLP.</summary>
internal sealed class TelemetryExport : IDisposable
{
    private readonly TracerProvider _traces;
    private readonly MeterProvider _metrics;

    private TelemetryExport(Uri endpoint)
    {
        var name = Environment.GetEnvironmentVariable("OTEL_SERVICE_NAME") ?? "tensor-wasm";
        var resource = ResourceBuilder.CreateDefault().AddService(name);
        _traces = Sdk.CreateTracerProviderBuilder()
            .SetResourceBuilder(resource)
            .AddSource("TensorWasm.*")
            .AddOtlpExporter(otlp => otlp.Endpoint = endpoint)
            .Build();
        _metrics = Sdk.CreateMeterProviderBuilder()
            .SetResourceBuilder(resource)
            .AddMeter("TensorWasm.*", "System.Runtime")
            .AddOtlpExporter(otlp => otlp.Endpoint = endpoint)
            .Build();
    }

    /// <summary>Begins to send; null if there is nowhere to.</summary>
    /// <exception cref="FormatException">The endpoint is no URL.</exception>
    internal static TelemetryExport? Start(string? endpoint)
    {
        if (endpoint is null) return null;
        return Uri.TryCreate(endpoint, UriKind.Absolute, out var uri) && uri.Scheme is "http" or "https"
            ? new TelemetryExport(uri)
            : throw new FormatException($"otlp_endpoint: '{endpoint}' is no URL");
    }

    public void Dispose()
    {
        _traces.Dispose();
        _metrics.Dispose();
    }
}
