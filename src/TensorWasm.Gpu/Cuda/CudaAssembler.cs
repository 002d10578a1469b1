using System.Text;
using static TensorWasm.Gpu.Interop;

namespace TensorWasm.Gpu;

/// <summary>
/// PTX to machine code by the driver's own assembler. Through its linker, not by loading PTX: loading holds a lock of
/// the context while it assembles, and every tenant's launches wait for it (83 ms for an attention kernel; the linker
/// takes as long and nobody waits).
/// </summary>
internal static unsafe class CudaAssembler
{
    private const int LogBytes = 16 << 10;

    /// <summary>Assembles for the current context's device.</summary>
    /// <param name="ptx">The text.</param>
    /// <param name="name">How messages call it.</param>
    /// <returns>Machine code.</returns>
    /// <exception cref="GpuException"><see cref="GpuErrorCode.InvalidKernel"/>, with the assembler's words.</exception>
    internal static byte[] Assemble(ReadOnlySpan<byte> ptx, string name)
    {
        var log = new byte[LogBytes];
        var text = new byte[ptx.Length + 1]; // the driver wants a zero at the end
        ptx.CopyTo(text);
        fixed (byte* logStart = log, textStart = text)
        {
            int* options = stackalloc int[] { Cuda.CU_JIT_ERROR_LOG_BUFFER, Cuda.CU_JIT_ERROR_LOG_BUFFER_SIZE_BYTES };
            void** values = stackalloc void*[] { logStart, (void*)LogBytes };
            nint state;
            Cuda.cuLinkCreate_v2(2, options, values, &state).Check("the driver's assembler");
            try
            {
                var result = Cuda.cuLinkAddData_v2(
                    state, Cuda.CU_JIT_INPUT_PTX, textStart, (nuint)text.Length, null, 0, null, null);
                void* image = null;
                nuint bytes = 0;
                if (result == CudaResult.CUDA_SUCCESS)
                {
                    result = Cuda.cuLinkComplete(state, &image, &bytes);
                }
                return result == CudaResult.CUDA_SUCCESS
                    ? new ReadOnlySpan<byte>(image, (int)bytes).ToArray()
                    : throw Refused(result, name, log);
            }
            finally
            {
                _ = Cuda.cuLinkDestroy(state);
            }
        }
    }

    private static GpuException Refused(CudaResult result, string name, byte[] log)
    {
        var end = Array.IndexOf(log, (byte)0);
        var words = Encoding.UTF8.GetString(log, 0, end < 0 ? log.Length : end).Trim();
        var reason = result switch
        {
            CudaResult.CUDA_ERROR_UNSUPPORTED_PTX_VERSION =>
                $"its .version is newer than the driver, which knows CUDA {CudaDriver.Version}: update the driver, or "
                + "compile for an older PTX version",
            CudaResult.CUDA_ERROR_NO_BINARY_FOR_GPU => "its .target is not this device's architecture",
            CudaResult.CUDA_ERROR_JIT_COMPILER_NOT_FOUND =>
                "the driver's assembler, libnvidia-ptxjitcompiler.so, is missing: install it with the driver, and give "
                + "it to the container (NVIDIA_DRIVER_CAPABILITIES=compute,utility)",
            _ => CudaErrors.Describe(result),
        };
        return new GpuException(
            result == CudaResult.CUDA_ERROR_OUT_OF_MEMORY ? GpuErrorCode.OutOfMemory : GpuErrorCode.InvalidKernel,
            $"the driver can't assemble {name}: {reason}{(words.Length > 0 ? "\n" + words : "")}");
    }
}
