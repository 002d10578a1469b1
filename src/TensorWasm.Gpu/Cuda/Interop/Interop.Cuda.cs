using System.Runtime.InteropServices;

namespace TensorWasm.Gpu;

internal static partial class Interop
{
    /// <summary>The CUDA driver, names verbatim: initialisation, devices, contexts. No other file of the product calls it.</summary>
    internal static unsafe partial class Cuda
    {
        internal const string Library = "libcuda.so.1";

        internal const uint CU_CTX_SCHED_SPIN = 1;

        [LibraryImport(Library)]
        internal static partial CudaResult cuInit(uint flags);

        [LibraryImport(Library)]
        internal static partial CudaResult cuDriverGetVersion(int* version);

        [LibraryImport(Library)]
        internal static partial CudaResult cuGetErrorName(CudaResult error, byte** text);

        [LibraryImport(Library)]
        internal static partial CudaResult cuGetErrorString(CudaResult error, byte** text);

        [LibraryImport(Library)]
        internal static partial CudaResult cuDeviceGetCount(int* count);

        [LibraryImport(Library)]
        internal static partial CudaResult cuDeviceGet(int* device, int ordinal);

        [LibraryImport(Library)]
        internal static partial CudaResult cuDeviceGetName(byte* name, int length, int device);

        [LibraryImport(Library)]
        internal static partial CudaResult cuDeviceGetAttribute(int* value, CudaDeviceAttribute attribute, int device);

        [LibraryImport(Library)]
        internal static partial CudaResult cuDeviceTotalMem_v2(nuint* bytes, int device);

        [LibraryImport(Library)]
        internal static partial CudaResult cuDeviceGetPCIBusId(byte* text, int length, int device);

        [LibraryImport(Library)]
        internal static partial CudaResult cuDevicePrimaryCtxSetFlags_v2(int device, uint flags);

        [LibraryImport(Library)]
        internal static partial CudaResult cuDevicePrimaryCtxRetain(nint* context, int device);

        [LibraryImport(Library)]
        internal static partial CudaResult cuDevicePrimaryCtxRelease_v2(int device);

        [LibraryImport(Library)]
        internal static partial CudaResult cuDevicePrimaryCtxReset_v2(int device);

        [LibraryImport(Library)]
        internal static partial CudaResult cuCtxSetCurrent(nint context);

        [LibraryImport(Library)]
        internal static partial CudaResult cuDeviceGetDevResource(int device, CudaDeviceResource* resource, int type);

        [LibraryImport(Library)]
        internal static partial CudaResult cuDevSmResourceSplitByCount(
            CudaDeviceResource* result, uint* groups, CudaDeviceResource* input, CudaDeviceResource* rest, uint flags, uint least);

        [LibraryImport(Library)]
        internal static partial CudaResult cuDevResourceGenerateDesc(nint* description, CudaDeviceResource* resources, uint count);

        [LibraryImport(Library)]
        internal static partial CudaResult cuGreenCtxCreate(nint* context, nint description, int device, uint flags);

        [LibraryImport(Library)]
        internal static partial CudaResult cuGreenCtxDestroy(nint context);

        [LibraryImport(Library)]
        internal static partial CudaResult cuCtxFromGreenCtx(nint* context, nint green);

        [LibraryImport(Library)]
        internal static partial CudaResult cuGreenCtxStreamCreate(nint* stream, nint context, uint flags, int priority);
    }
}
