using TensorWasm.Gpu;
using TensorWasm.Host;

namespace TensorWasm.Server;

/// <summary>The devices that guests' kernels run on, as the setting <c>gpu</c> has them.</summary>
internal sealed class GatewayDevices : IDisposable
{
    internal GatewayDevices(IReadOnlyList<GpuDevice> devices, string? reason) => (Devices, NoDeviceReason) = (devices, reason);

    internal IReadOnlyList<GpuDevice> Devices { get; }

    /// <summary>Why there is none, for guests that ask; null if there is one.</summary>
    internal string? NoDeviceReason { get; }

    /// <summary>Opens them: before the engine, since the driver must see the process's address space first.</summary>
    /// <exception cref="FormatException">A certain one was asked for, and is not there.</exception>
    internal static GatewayDevices Open(string choice)
    {
        if (choice == "none") return new([], "this server was started without a device (gpu: none)");
        try
        {
            if (choice != "cpu" && GpuDevices.CudaCount > 0)
            {
                return new([.. Enumerable.Range(0, GpuDevices.CudaCount).Select(
                    ordinal => GpuDevices.Open(DevicePreference.Cuda, HostDevices.DefaultOptions, ordinal)!)], null);
            }
            if (choice == "cuda") throw new FormatException($"gpu: cuda: {GpuDevices.CudaUnavailableReason}");
            return new([GpuDevices.Open(DevicePreference.Cpu, HostDevices.DefaultOptions, 0)!], null);
        }
        catch (GpuException e)
        {
            if (choice != "auto") throw new FormatException($"gpu: {choice}: {e.Message}", e);
            return new([], e.Message);
        }
    }

    public void Dispose()
    {
        foreach (var device in Devices) device.Dispose();
    }
}
