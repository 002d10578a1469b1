using TensorWasm.Gpu.Tests.Devices;

namespace TensorWasm.Gpu.Tests.Cuda;

/// <summary>The suite on a GPU.</summary>
public sealed class CudaDeviceTests : DeviceSuite
{
    protected override GpuDevice Device => CudaFixture.Device;
}
