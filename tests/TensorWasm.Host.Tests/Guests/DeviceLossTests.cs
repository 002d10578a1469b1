using TensorWasm.Gpu;

namespace TensorWasm.Host.Tests;

/// <summary>A device that fails below its guests: each call that needs it says so, by either interface's code.</summary>
public sealed class DeviceLossTests : DeviceTest
{
    private const long DeviceLost = -16;

    /// <summary>The nearest that wasi:cuda has: launch failed.</summary>
    private const long LaunchFailed = -5;

    [Fact]
    public void A_guest_whose_device_fails_is_told_by_every_call_that_needs_it()
    {
        using var device = CpuDevice.Open(HostDevices.DefaultOptions);
        using var guest = new TestGuest(device);
        var (module, kernel) = guest.Load(Kernels.Add);
        Assert.True(module > 0 && kernel > 0, guest.LastError);
        var buffer = guest.Call("buffer-alloc", 100);
        Assert.Equal(0, guest.Launch(0, kernel, 1, 32, Sums(guest, 32)));
        Assert.Equal(0, guest.Call("stream-wait", 0));

        device.Lose();
        Assert.Equal(DeviceLost, guest.Launch(0, kernel, 1, 32, Sums(guest, 32)));
        Assert.Contains("failed; what lay on it is gone", guest.LastError, StringComparison.Ordinal);
        Assert.Equal(DeviceLost, guest.Call("stream-wait", 0));
        Assert.Equal(DeviceLost, guest.Call("stream-is-idle", 0));
        Assert.Equal(DeviceLost, guest.Call("buffer-alloc", 100));
        Assert.Equal(DeviceLost, guest.Call("buffer-fill", buffer, 0, 100, 0));
        Assert.Equal(DeviceLost, guest.Load(Kernels.Kinds).Module);
        Assert.Equal(LaunchFailed, guest.LaunchCuda(kernel, 1, 32, Sums(guest, 32)));
        Assert.Equal(LaunchFailed, guest.LoadCuda(Kernels.Pair, "pair"));
        Assert.Throws<GpuException>(() => device.CreateRegion(new GpuTenant("next")));
    }
}
