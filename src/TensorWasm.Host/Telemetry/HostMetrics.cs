using System.Diagnostics.Metrics;

namespace TensorWasm.Host;

/// <summary>What is measured of guests' calls.</summary>
internal static class HostMetrics
{
    private static readonly Meter Meter = new("TensorWasm.Host");

    /// <summary>Device time of launches, as the device tells of them; exposed under TensorWasm's name.</summary>
    internal static readonly Histogram<double> KernelLatency = Meter.CreateHistogram(
        "tensor_wasm.kernel.latency", "s", "Time that a kernel's launches took on the device, each.",
        advice: new InstrumentAdvice<double>
        {
            HistogramBucketBoundaries =
                [0.00001, 0.000025, 0.00005, 0.0001, 0.00025, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.05, 0.1, 1, 10],
        });
}
