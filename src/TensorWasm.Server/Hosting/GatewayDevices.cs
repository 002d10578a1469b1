using System.Globalization;
using TensorWasm.Gpu;
using TensorWasm.Host;

namespace TensorWasm.Server;

/// <summary>The devices that guests' kernels run on, as the setting <c>gpu</c> has them.</summary>
internal sealed partial class GatewayDevices : IDisposable
{
    internal GatewayDevices(IReadOnlyList<GpuDevice> devices, string? reason) => (Devices, NoDeviceReason) = (devices, reason);

    internal IReadOnlyList<GpuDevice> Devices { get; }

    /// <summary>Why there is none, for guests that ask; null if there is one.</summary>
    internal string? NoDeviceReason { get; }

    /// <summary>
    /// Opens them: before the engine, since the driver must see the process's address space first. With <c>auto</c>, a GPU
    /// that can't be opened is left out.
    /// </summary>
    /// <exception cref="FormatException">A certain one was asked for, and can't be had.</exception>
    internal static GatewayDevices Open(string choice, ILogger log)
    {
        if (choice == "none") return new([], "this server was started without a device (gpu: none)");
        List<GpuDevice> opened = [];
        string? problem = null;
        try
        {
            foreach (var (kind, ordinal) in Choose(choice))
            {
                try
                {
                    opened.Add(GpuDevices.Open(kind, HostDevices.DefaultOptions, ordinal)!);
                }
                catch (GpuException e) when (choice == "auto")
                {
                    LogLeftOut(log, e.Message);
                    problem ??= e.Message;
                }
            }
        }
        catch (GpuException e)
        {
            opened.ForEach(static device => device.Dispose());
            throw new FormatException($"gpu: {choice}: {e.Message}", e);
        }
        if (opened.Count == 0) return new([], problem);
        LogDevices(log, string.Join(", ", opened.Select(static device => $"{device.Info.Id} ({device.Info.Name})")));
        return new(opened, null);
    }

    public void Dispose()
    {
        foreach (var device in Devices) device.Dispose();
    }

    private static IEnumerable<(DevicePreference Kind, int Ordinal)> Choose(string choice)
    {
        if (choice == "cpu" || (choice == "auto" && GpuDevices.CudaCount == 0)) return [(DevicePreference.Cpu, 0)];
        var ordinals = choice switch
        {
            "auto" => Enumerable.Range(0, GpuDevices.CudaCount),
            // At least one, whose absence is an error.
            "cuda" => Enumerable.Range(0, Math.Max(1, GpuDevices.CudaCount)),
            _ => choice.Split(',').Select(static name => int.Parse(name.AsSpan("cuda:".Length), CultureInfo.InvariantCulture)),
        };
        return ordinals.Select(static ordinal => (DevicePreference.Cuda, ordinal));
    }

    [LoggerMessage(1211, LogLevel.Information, "Kernels run on {Devices}", EventName = "Devices")]
    private static partial void LogDevices(ILogger logger, string devices);

    [LoggerMessage(1212, LogLevel.Warning, "A GPU is left out: {Reason}", EventName = "DeviceLeftOut")]
    private static partial void LogLeftOut(ILogger logger, string reason);
}
