namespace TensorWasm.Cli;

/// <summary>What a server did between two samples of its metrics.</summary>
/// <param name="RequestsPerSecond">Requests that were answered.</param>
/// <param name="ErrorsPerSecond">Those of them with a status of 500 or above.</param>
/// <param name="Median">Seconds that half of them took at most; null without any.</param>
/// <param name="Tail">Seconds that 99 of 100 took at most.</param>
/// <param name="InFlight">Requests that are being answered.</param>
/// <param name="HeapBytes">Bytes of the managed heap.</param>
internal sealed record MetricRates(
    double RequestsPerSecond, double ErrorsPerSecond, double? Median, double? Tail, double InFlight, double HeapBytes);
