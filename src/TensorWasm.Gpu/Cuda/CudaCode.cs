using System.Text;
using TensorWasm.Ptx.Fencing;
using static TensorWasm.Gpu.Interop;

namespace TensorWasm.Gpu;

/// <summary>A fenced module as machine code in the driver.</summary>
internal sealed unsafe class CudaCode : DeviceCode
{
    private readonly CudaLibraryHandle _library;

    private CudaCode(CudaLibraryHandle library, CudaFunction[] functions, long bytes)
    {
        _library = library;
        Functions = functions;
        Bytes = bytes;
    }

    public override long Bytes { get; }

    /// <summary>The kernels, in the module's order.</summary>
    internal CudaFunction[] Functions { get; }

    /// <summary>Loads machine code and looks its kernels up, so that no launch has to.</summary>
    internal static CudaCode Load(byte[] image, FencedModule module, DeviceInfo device)
    {
        var library = CudaLibraryHandle.Load(image);
        try
        {
            var functions = new CudaFunction[module.Kernels.Count];
            for (var i = 0; i < functions.Length; i++)
            {
                var kernel = module.Kernels[i];
                var function = FindFunction(library, kernel.Name);
                var resources = new KernelResources(
                    Ask(function, CudaFunctionAttribute.CU_FUNC_ATTRIBUTE_NUM_REGS),
                    Ask(function, CudaFunctionAttribute.CU_FUNC_ATTRIBUTE_SHARED_SIZE_BYTES),
                    Ask(function, CudaFunctionAttribute.CU_FUNC_ATTRIBUTE_LOCAL_SIZE_BYTES),
                    Ask(function, CudaFunctionAttribute.CU_FUNC_ATTRIBUTE_MAX_THREADS_PER_BLOCK));
                if (kernel.UsesDynamicShared)
                {
                    // Beyond 48 KiB must be asked for (CUDA C++ programming guide, 16.7.3); a launch checks its own size.
                    _ = Cuda.cuFuncSetAttribute(
                        function,
                        CudaFunctionAttribute.CU_FUNC_ATTRIBUTE_MAX_DYNAMIC_SHARED_SIZE_BYTES,
                        device.MaxSharedBytesPerBlock - resources.SharedBytes);
                }
                functions[i] = new CudaFunction(function, kernel, resources);
            }
            return new CudaCode(library, functions, image.Length);
        }
        catch
        {
            library.Dispose();
            throw;
        }
    }

    /// <summary>A kernel's function, loaded onto the device.</summary>
    internal static nint FindFunction(CudaLibraryHandle library, string name)
    {
        nint kernel, function;
        fixed (byte* text = Encoding.UTF8.GetBytes(name + "\0"))
        {
            Cuda.cuLibraryGetKernel(&kernel, library.Value, text).Check($"kernel '{name}'");
        }
        Cuda.cuKernelGetFunction(&function, kernel).Check($"kernel '{name}'");
        Cuda.cuFuncLoad(function).Check($"kernel '{name}'");
        return function;
    }

    public override KernelResources GetResources(int kernel) => Functions[kernel].Resources;

    public override void Dispose() => _library.Dispose();

    private static int Ask(nint function, CudaFunctionAttribute attribute)
    {
        int value;
        Cuda.cuFuncGetAttribute(&value, attribute, function).Check("a kernel's attribute");
        return value;
    }
}
