using System.Runtime.InteropServices;
using TensorWasm.Gpu.Tests.Devices;
using static TensorWasm.Gpu.Interop;

namespace TensorWasm.Gpu.Tests.Cuda;

/// <summary>A tenant's region on a GPU with linear memory, as the engine places it.</summary>
internal static unsafe class CudaSandbox
{
    internal const ulong Page = 65_536;

    private const int ReadWrite = 3;

    /// <summary>Does what the engine does: maps the window and makes a prefix accessible.</summary>
    internal static byte* Place(Region region, ulong length)
    {
        const int Flags = Libc.MAP_PRIVATE | Libc.MAP_ANONYMOUS | Libc.MAP_NORESERVE | Libc.MAP_FIXED;
        var memory = (nint)region.Layout.LinearBase;
        var window = RegionLayout.LinearWindow;
        Assert.Equal(memory, Libc.mmap(memory, (nuint)window, 0, Flags, -1, 0));
        Assert.Equal(0, Libc.mprotect(memory, (nuint)length, ReadWrite));
        region.PlaceLinear(length);
        return (byte*)memory;
    }

    /// <summary>Lets linear memory grow, as the engine does.</summary>
    internal static bool TryGrow(Region region, ulong length, ulong newLength)
    {
        var end = (nint)(region.Layout.LinearBase + length);
        Assert.Equal(0, Libc.mprotect(end, (nuint)(newLength - length), ReadWrite));
        if (region.TryGrowLinear(newLength))
        {
            return true;
        }
        Assert.Equal(0, Libc.mprotect(end, (nuint)(newLength - length), Libc.PROT_NONE));
        return false;
    }

    /// <summary>Launches a kernel with a 64-bit argument and, if it has two, a 32-bit one, in blocks of 256 threads.</summary>
    internal static void Launch(GpuStream stream, LoadedKernel kernel, Dim3 grid, ulong first, uint second, TimeSpan? limit = null)
    {
        var block = new byte[kernel.Kernel.Signature.Size];
        MemoryMarshal.Write(block, first);
        if (block.Length > 8)
        {
            MemoryMarshal.Write(block.AsSpan(8), second);
        }
        stream.Launch(kernel, new LaunchShape(grid, new(256)), block, limit);
    }

    /// <summary>Adds 1 to each word of a new buffer on a device, and looks.</summary>
    internal static void AssertComputes(GpuDevice device)
    {
        using var region = device.CreateRegion(new GpuTenant("next"));
        using var module = region.Load(TestKernels.Increment);
        using var buffer = region.Allocate(4_096);
        buffer.Fill(0, 4_096, 0x11);
        Launch(region.DefaultStream, module.Kernels[0], new(4), buffer.Address, 1_024);
        region.DefaultStream.Wait();
        AssertWords(buffer, 0x11111112);
    }

    internal static void AssertWords(DeviceBuffer buffer, uint expected)
    {
        var bytes = new byte[buffer.Length];
        buffer.Read(0, bytes);
        Assert.False(MemoryMarshal.Cast<byte, uint>(bytes).ContainsAnyExcept(expected));
    }
}
