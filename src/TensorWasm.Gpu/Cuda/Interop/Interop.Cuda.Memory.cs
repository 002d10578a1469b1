using System.Runtime.InteropServices;

namespace TensorWasm.Gpu;

internal static partial class Interop
{
    /// <summary>Memory: address space, physical memory, copies.</summary>
    internal static unsafe partial class Cuda
    {
        internal const uint CU_MEMHOSTALLOC_PORTABLE = 1;
        internal const uint CU_MEMHOSTALLOC_DEVICEMAP = 2;

        [LibraryImport(Library)]
        internal static partial CudaResult cuMemGetInfo_v2(nuint* free, nuint* total);

        [LibraryImport(Library)]
        internal static partial CudaResult cuMemAlloc_v2(ulong* address, nuint bytes);

        [LibraryImport(Library)]
        internal static partial CudaResult cuMemFree_v2(ulong address);

        [LibraryImport(Library)]
        internal static partial CudaResult cuMemHostAlloc(void** address, nuint bytes, uint flags);

        [LibraryImport(Library)]
        internal static partial CudaResult cuMemFreeHost(void* address);

        [LibraryImport(Library)]
        internal static partial CudaResult cuMemAddressReserve(ulong* address, nuint bytes, nuint alignment, ulong hint, ulong flags);

        [LibraryImport(Library)]
        internal static partial CudaResult cuMemAddressFree(ulong address, nuint bytes);

        [LibraryImport(Library)]
        internal static partial CudaResult cuMemCreate(ulong* handle, nuint bytes, CudaMemoryProperties* properties, ulong flags);

        [LibraryImport(Library)]
        internal static partial CudaResult cuMemRelease(ulong handle);

        [LibraryImport(Library)]
        internal static partial CudaResult cuMemMap(ulong address, nuint bytes, nuint offset, ulong handle, ulong flags);

        [LibraryImport(Library)]
        internal static partial CudaResult cuMemUnmap(ulong address, nuint bytes);

        [LibraryImport(Library)]
        internal static partial CudaResult cuMemSetAccess(ulong address, nuint bytes, CudaMemoryAccess* access, nuint count);

        [LibraryImport(Library)]
        internal static partial CudaResult cuMemcpyHtoD_v2(ulong destination, void* source, nuint bytes);

        [LibraryImport(Library)]
        internal static partial CudaResult cuMemcpyHtoDAsync_v2(ulong destination, void* source, nuint bytes, nint stream);

        [LibraryImport(Library)]
        internal static partial CudaResult cuMemcpyDtoHAsync_v2(void* destination, ulong source, nuint bytes, nint stream);

        [LibraryImport(Library)]
        internal static partial CudaResult cuMemsetD8Async(ulong address, byte value, nuint count, nint stream);
    }
}
