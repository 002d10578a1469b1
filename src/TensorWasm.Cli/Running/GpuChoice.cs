using System.Globalization;
using TensorWasm.Gpu;

namespace TensorWasm.Cli;

/// <summary>What <c>--gpu</c> asks for.</summary>
/// <param name="Preference">The kind of device.</param>
/// <param name="Ordinal">The GPU's number.</param>
internal readonly record struct GpuChoice(DevicePreference Preference, int Ordinal = 0)
{
    /// <summary>Reads <c>auto</c>, <c>cuda</c>, <c>cuda:1</c>, <c>cpu</c> or <c>none</c>.</summary>
    /// <returns>null for anything else.</returns>
    internal static GpuChoice? Parse(string text) => text switch
    {
        "auto" => new GpuChoice(DevicePreference.Auto),
        "cuda" => new GpuChoice(DevicePreference.Cuda),
        "cpu" => new GpuChoice(DevicePreference.Cpu),
        "none" => new GpuChoice(DevicePreference.None),
        _ when text.StartsWith("cuda:", StringComparison.Ordinal)
            && int.TryParse(text.AsSpan(5), NumberStyles.None, CultureInfo.InvariantCulture, out var ordinal) =>
            new GpuChoice(DevicePreference.Cuda, ordinal),
        _ => null,
    };
}
