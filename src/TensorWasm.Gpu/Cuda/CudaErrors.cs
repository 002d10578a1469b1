using System.Runtime.InteropServices;
using static TensorWasm.Gpu.Interop;

namespace TensorWasm.Gpu;

/// <summary>The driver's answers as exceptions.</summary>
internal static unsafe class CudaErrors
{
    /// <summary>Throws unless a call succeeded.</summary>
    /// <param name="result">Its answer.</param>
    /// <param name="purpose">What it was for, as the subject of a sentence.</param>
    internal static void Check(this CudaResult result, string purpose)
    {
        if (result != CudaResult.CUDA_SUCCESS)
        {
            throw result.ToException(purpose);
        }
    }

    internal static GpuException ToException(this CudaResult result, string purpose) =>
        new(CodeOf(result), $"{purpose}: {Explain(result)}");

    /// <summary>Whether the context is dead: every later call answers the same (CUDA driver API, 6.1).</summary>
    internal static bool IsFatal(this CudaResult result) => result is
        CudaResult.CUDA_ERROR_ILLEGAL_ADDRESS or CudaResult.CUDA_ERROR_LAUNCH_TIMEOUT
        or CudaResult.CUDA_ERROR_CONTEXT_IS_DESTROYED or CudaResult.CUDA_ERROR_ASSERT
        or CudaResult.CUDA_ERROR_HARDWARE_STACK_ERROR or CudaResult.CUDA_ERROR_ILLEGAL_INSTRUCTION
        or CudaResult.CUDA_ERROR_MISALIGNED_ADDRESS or CudaResult.CUDA_ERROR_INVALID_ADDRESS_SPACE
        or CudaResult.CUDA_ERROR_INVALID_PC or CudaResult.CUDA_ERROR_LAUNCH_FAILED
        or CudaResult.CUDA_ERROR_ECC_UNCORRECTABLE or CudaResult.CUDA_ERROR_NVLINK_UNCORRECTABLE
        or CudaResult.CUDA_ERROR_CONTAINED or CudaResult.CUDA_ERROR_EXTERNAL_DEVICE
        or CudaResult.CUDA_ERROR_TENSOR_MEMORY_LEAK or CudaResult.CUDA_ERROR_DEVICE_UNAVAILABLE;

    /// <summary>The same with what to do about it.</summary>
    internal static string Explain(CudaResult result) => Describe(result) + (result == CudaResult.CUDA_ERROR_OUT_OF_MEMORY
        ? "; free what is not needed, or look at nvidia-smi for who uses it and how much memory is left"
        : "");

    /// <summary>The driver's name and words for an answer.</summary>
    internal static string Describe(CudaResult result)
    {
        byte* name = null;
        byte* text = null;
        if (CudaDriver.IsLoaded)
        {
            _ = Cuda.cuGetErrorName(result, &name);
            _ = Cuda.cuGetErrorString(result, &text);
        }
        return $"{Marshal.PtrToStringUTF8((nint)name) ?? result.ToString()} "
            + $"({Marshal.PtrToStringUTF8((nint)text) ?? "unknown to the driver"})";
    }

    private static GpuErrorCode CodeOf(CudaResult result) => result switch
    {
        CudaResult.CUDA_ERROR_OUT_OF_MEMORY => GpuErrorCode.OutOfMemory,
        CudaResult.CUDA_ERROR_INVALID_PTX or CudaResult.CUDA_ERROR_UNSUPPORTED_PTX_VERSION
            or CudaResult.CUDA_ERROR_NO_BINARY_FOR_GPU or CudaResult.CUDA_ERROR_INVALID_IMAGE
            => GpuErrorCode.InvalidKernel,
        CudaResult.CUDA_ERROR_LAUNCH_OUT_OF_RESOURCES => GpuErrorCode.LaunchFailed,
        _ when result.IsFatal() => GpuErrorCode.DeviceLost,
        _ => GpuErrorCode.Internal,
    };
}
