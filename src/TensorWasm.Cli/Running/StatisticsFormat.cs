namespace TensorWasm.Cli;

/// <summary>How statistics are printed.</summary>
internal enum StatisticsFormat
{
    /// <summary>For people.</summary>
    Text,

    /// <summary>For programs: one JSON object on one line.</summary>
    Json,
}
