using System.Text;
using TensorWasm.Engine;
using TensorWasm.Gpu;

namespace TensorWasm.Host;

/// <summary>The device, and the last error.</summary>
internal sealed partial class GpuImports
{
    private void DefineDevices()
    {
        Define("last-error", (Caller caller, uint destination, uint length) => (int)Run(
            caller, (destination, length), static (guest, caller, a) =>
                CopyText(caller, guest.LastErrorBytes, a.destination, a.length)));
        Define("device-count", (Caller caller) => (int)Run(
            caller, 0, static (guest, _, _) => guest.Device is null ? 0 : 1));
        Define("device-name", (Caller caller, uint device, uint destination, uint length) => (int)Run(
            caller, (device, destination, length), static (guest, caller, a) =>
                CopyText(caller, Encoding.UTF8.GetBytes(Device(guest, a.device).Info.Name), a.destination, a.length)));
        Define("device-query", (Caller caller, uint device, uint property) => Run(
            caller, (device, property), static (guest, _, a) =>
                DeviceProperties.Get(Device(guest, a.device), guest.Tenant, a.property)));
    }

    private static GpuDevice Device(GpuGuest guest, uint index) => guest.Device is { } device && index == 0
        ? device
        : throw new HostCallException(HostError.NotAvailable, $"there is no device {index} for this sandbox");
}
