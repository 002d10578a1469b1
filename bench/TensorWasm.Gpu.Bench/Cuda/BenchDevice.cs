using System.Runtime.InteropServices;
using TensorWasm.Host;

namespace TensorWasm.Gpu.Bench;

/// <summary>The device that is measured, and short ways to launch on it.</summary>
internal static class BenchDevice
{
    /// <summary>Opened at first use, before anything touches the engine's memory.</summary>
    internal static CudaDevice Device { get; } =
        CudaDevice.Open(0, new GpuDeviceOptions { AddressSpace = EngineAddressSpace.Instance });

    internal static byte[] Pack(LoadedKernel kernel, params object[] values)
    {
        var block = new byte[kernel.Kernel.Signature.Size];
        var writer = new ParameterWriter(kernel.Kernel.Name, kernel.Kernel.Signature, block);
        foreach (var value in values)
        {
            switch (value)
            {
                case ulong wide:
                    writer.Add(ArgumentKind.Pointer, BitConverter.GetBytes(wide));
                    break;
                case float real:
                    writer.Add(ArgumentKind.Float32, BitConverter.GetBytes(real));
                    break;
                default:
                    writer.Add(ArgumentKind.Int32, BitConverter.GetBytes((uint)value));
                    break;
            }
        }
        writer.Finish();
        return block;
    }

    internal static DeviceBuffer Upload<T>(Region region, T[] values)
        where T : unmanaged
    {
        var bytes = MemoryMarshal.AsBytes(values.AsSpan());
        var buffer = region.Allocate((ulong)bytes.Length);
        buffer.Write(0, bytes);
        return buffer;
    }
}
