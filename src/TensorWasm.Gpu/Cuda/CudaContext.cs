using System.Runtime.InteropServices;
using static TensorWasm.Gpu.Interop;

namespace TensorWasm.Gpu;

/// <summary>
/// A device's primary context, retained once. Each thread that calls the driver must have it current;
/// <see cref="Enter"/> takes ten nanoseconds, so it is called each time instead of remembered.
/// </summary>
internal sealed unsafe class CudaContext
{
    [ThreadStatic]
    private static CudaContext? _current;

    private readonly nint _value;
    private volatile bool _isOver;
    private volatile bool _isStuck;

    private CudaContext(int device, nint value)
    {
        Device = device;
        _value = value;
    }

    /// <summary>The driver's number of the device.</summary>
    internal int Device { get; }

    internal nint Value => _value;

    /// <summary>The one that this thread has entered last; null before the first.</summary>
    internal static CudaContext? Current => _current;

    /// <summary>Whether it was released or lost, and what was made in it goes with it: a handle of that means nothing any more.</summary>
    internal bool IsOver => _isOver;

    /// <summary>Whether it was lost and the driver has not reset it yet, which may never end: a call about it may wait as long.</summary>
    internal bool IsStuck => _isStuck;

    /// <summary>Makes a context; waiting threads spin in the driver for as long as they wait there, which is short.</summary>
    internal static CudaContext Retain(int ordinal)
    {
        int device;
        Cuda.cuDeviceGet(&device, ordinal).Check($"CUDA device {ordinal}");
        _ = Cuda.cuDevicePrimaryCtxSetFlags_v2(device, Cuda.CU_CTX_SCHED_SPIN);
        nint value;
        Cuda.cuDevicePrimaryCtxRetain(&value, device).Check($"a context on CUDA device {ordinal}");
        var context = new CudaContext(device, value);
        context.Enter();
        return context;
    }

    /// <summary>Lets this thread call the driver.</summary>
    internal void Enter()
    {
        _current = this;
        _ = Cuda.cuCtxSetCurrent(_value);
    }

    internal void Release()
    {
        _isOver = true;
        _ = Cuda.cuDevicePrimaryCtxRelease_v2(Device);
    }

    /// <summary>Gives it up, without a call to the driver.</summary>
    internal void Lose() => _isOver = _isStuck = true;

    /// <summary>Destroys all that lies in the context. Waits for kernels that run.</summary>
    internal CudaResult Reset()
    {
        var result = Cuda.cuDevicePrimaryCtxReset_v2(Device);
        _isStuck = false;
        return result;
    }

    /// <summary>An attribute of the device; 0 when the driver does not know it.</summary>
    internal int Ask(CudaDeviceAttribute attribute)
    {
        int value;
        return Cuda.cuDeviceGetAttribute(&value, attribute, Device) == CudaResult.CUDA_SUCCESS ? value : 0;
    }

    internal DeviceInfo Describe(int ordinal)
    {
        var text = stackalloc byte[256];
        Cuda.cuDeviceGetName(text, 256, Device).Check("the device's name");
        var name = Marshal.PtrToStringUTF8((nint)text)!;
        var hasBus = Cuda.cuDeviceGetPCIBusId(text, 256, Device) == CudaResult.CUDA_SUCCESS;
        nuint memory;
        Cuda.cuDeviceTotalMem_v2(&memory, Device).Check("the device's memory");
        return new DeviceInfo
        {
            Kind = DeviceKind.Cuda,
            Ordinal = ordinal,
            Name = name,
            Architecture = (Ask(CudaDeviceAttribute.CU_DEVICE_ATTRIBUTE_COMPUTE_CAPABILITY_MAJOR) * 10)
                + Ask(CudaDeviceAttribute.CU_DEVICE_ATTRIBUTE_COMPUTE_CAPABILITY_MINOR),
            MemoryBytes = memory,
            Multiprocessors = Ask(CudaDeviceAttribute.CU_DEVICE_ATTRIBUTE_MULTIPROCESSOR_COUNT),
            MaxThreadsPerMultiprocessor = Ask(CudaDeviceAttribute.CU_DEVICE_ATTRIBUTE_MAX_THREADS_PER_MULTIPROCESSOR),
            RegistersPerMultiprocessor = Ask(CudaDeviceAttribute.CU_DEVICE_ATTRIBUTE_MAX_REGISTERS_PER_MULTIPROCESSOR),
            MaxThreadsPerBlock = Ask(CudaDeviceAttribute.CU_DEVICE_ATTRIBUTE_MAX_THREADS_PER_BLOCK),
            MaxBlock = new Dim3(
                (uint)Ask(CudaDeviceAttribute.CU_DEVICE_ATTRIBUTE_MAX_BLOCK_DIM_X),
                (uint)Ask(CudaDeviceAttribute.CU_DEVICE_ATTRIBUTE_MAX_BLOCK_DIM_Y),
                (uint)Ask(CudaDeviceAttribute.CU_DEVICE_ATTRIBUTE_MAX_BLOCK_DIM_Z)),
            MaxGrid = new Dim3(
                (uint)Ask(CudaDeviceAttribute.CU_DEVICE_ATTRIBUTE_MAX_GRID_DIM_X),
                (uint)Ask(CudaDeviceAttribute.CU_DEVICE_ATTRIBUTE_MAX_GRID_DIM_Y),
                (uint)Ask(CudaDeviceAttribute.CU_DEVICE_ATTRIBUTE_MAX_GRID_DIM_Z)),
            MaxSharedBytesPerBlock = Ask(CudaDeviceAttribute.CU_DEVICE_ATTRIBUTE_MAX_SHARED_MEMORY_PER_BLOCK_OPTIN),
            WarpSize = Ask(CudaDeviceAttribute.CU_DEVICE_ATTRIBUTE_WARP_SIZE),
            DriverVersion = CudaDriver.Version,
            BusId = hasBus ? Marshal.PtrToStringUTF8((nint)text) : null,
        };
    }
}
