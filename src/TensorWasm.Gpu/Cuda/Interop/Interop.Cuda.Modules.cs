using System.Runtime.InteropServices;

namespace TensorWasm.Gpu;

internal static partial class Interop
{
    /// <summary>Assembling PTX, loading it, its kernels.</summary>
    internal static unsafe partial class Cuda
    {
        internal const int CU_JIT_ERROR_LOG_BUFFER = 5;
        internal const int CU_JIT_ERROR_LOG_BUFFER_SIZE_BYTES = 6;
        internal const int CU_JIT_INPUT_PTX = 1;

        [LibraryImport(Library)]
        internal static partial CudaResult cuLinkCreate_v2(uint count, int* options, void** values, nint* state);

        [LibraryImport(Library)]
        internal static partial CudaResult cuLinkAddData_v2(
            nint state, int type, byte* data, nuint bytes, byte* name, uint count, int* options, void** values);

        [LibraryImport(Library)]
        internal static partial CudaResult cuLinkComplete(nint state, void** image, nuint* bytes);

        [LibraryImport(Library)]
        internal static partial CudaResult cuLinkDestroy(nint state);

        [LibraryImport(Library)]
        internal static partial CudaResult cuLibraryLoadData(
            nint* library, byte* code, int* options, void** values, uint count, int* libraryOptions, void** libraryValues,
            uint libraryCount);

        [LibraryImport(Library)]
        internal static partial CudaResult cuLibraryUnload(nint library);

        [LibraryImport(Library)]
        internal static partial CudaResult cuLibraryGetKernel(nint* kernel, nint library, byte* name);

        [LibraryImport(Library)]
        internal static partial CudaResult cuKernelGetFunction(nint* function, nint kernel);

        [LibraryImport(Library)]
        internal static partial CudaResult cuFuncGetAttribute(int* value, CudaFunctionAttribute attribute, nint function);

        [LibraryImport(Library)]
        internal static partial CudaResult cuFuncSetAttribute(nint function, CudaFunctionAttribute attribute, int value);

        [LibraryImport(Library)]
        internal static partial CudaResult cuFuncLoad(nint function);

        [LibraryImport(Library)]
        internal static partial CudaResult cuOccupancyMaxActiveBlocksPerMultiprocessor(
            int* blocks, nint function, int blockThreads, nuint dynamicSharedBytes);
    }
}
