using System.Runtime.CompilerServices;
using TensorWasm.Gpu;

namespace TensorWasm.Host.Tests;

/// <summary>The devices that tests run on, opened once.</summary>
internal static class TestDevices
{
    private static readonly Dictionary<string, Lazy<GpuDevice>> Devices = new()
    {
        ["cpu"] = new(static () => Open(DevicePreference.Cpu)),
        ["cuda"] = new(static () => Open(DevicePreference.Cuda)),
    };

    internal static TheoryData<string> Names => ["cpu", "cuda"];

    /// <summary>A device; the test is skipped where there is none, with its reason.</summary>
    internal static GpuDevice Get(string name)
    {
        try
        {
            return Devices[name].Value;
        }
        catch (GpuException e) when (e.Code == GpuErrorCode.NotAvailable)
        {
            Assert.Skip(e.Message);
            throw;
        }
    }

    // The driver must see the process before the engine reserves address space.
    [ModuleInitializer]
    internal static void Initialize() => _ = GpuDevices.CudaCount;

    private static GpuDevice Open(DevicePreference preference) => GpuDevices.Open(
        preference, HostDevices.DefaultOptions with { DefaultTimeLimit = TimeSpan.FromSeconds(10) })!;
}
