using TensorWasm.Gpu;

namespace TensorWasm.Host.Tests;

/// <summary>Which device is opened for what is asked for.</summary>
public sealed class DeviceChoiceTests
{
    [Fact]
    public void None_is_none_and_the_processor_is_always_there()
    {
        Assert.Null(GpuDevices.Open(DevicePreference.None, HostDevices.DefaultOptions));
        using var device = GpuDevices.Open(DevicePreference.Cpu, HostDevices.DefaultOptions)!;
        Assert.Equal(DeviceKind.Cpu, device.Info.Kind);
    }

    [Fact]
    public void A_GPU_that_is_missing_is_an_error_with_its_reason()
    {
        Assert.SkipWhen(GpuDevices.CudaUnavailableReason is null, "this machine has a GPU");
        var error = Assert.Throws<GpuException>(
            () => GpuDevices.Open(DevicePreference.Cuda, HostDevices.DefaultOptions));
        Assert.Equal(GpuErrorCode.NotAvailable, error.Code);
        Assert.Equal(GpuDevices.CudaUnavailableReason, error.Message);
    }

    [Fact]
    public void Auto_takes_a_GPU_where_there_is_one_and_otherwise_the_processor()
    {
        using var device = GpuDevices.Open(DevicePreference.Auto, HostDevices.DefaultOptions)!;
        Assert.Equal(GpuDevices.CudaCount > 0 ? DeviceKind.Cuda : DeviceKind.Cpu, device.Info.Kind);
    }
}
