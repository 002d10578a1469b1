using System.Runtime.InteropServices;

namespace TensorWasm.Gpu;

internal static partial class Interop
{
    /// <summary>Streams, events, graphs and launches.</summary>
    internal static unsafe partial class Cuda
    {
        internal const uint CU_STREAM_NON_BLOCKING = 1;
        internal const uint CU_EVENT_DEFAULT = 0;
        internal const uint CU_EVENT_DISABLE_TIMING = 2;

        internal const nint CU_LAUNCH_PARAM_END = 0;
        internal const nint CU_LAUNCH_PARAM_BUFFER_POINTER = 1;
        internal const nint CU_LAUNCH_PARAM_BUFFER_SIZE = 2;

        [LibraryImport(Library)]
        internal static partial CudaResult cuStreamCreate(nint* stream, uint flags);

        [LibraryImport(Library)]
        internal static partial CudaResult cuStreamDestroy_v2(nint stream);

        [LibraryImport(Library)]
        internal static partial CudaResult cuStreamQuery(nint stream);

        [LibraryImport(Library)]
        internal static partial CudaResult cuStreamWaitEvent(nint stream, nint marker, uint flags);

        [LibraryImport(Library)]
        internal static partial CudaResult cuEventCreate(nint* marker, uint flags);

        [LibraryImport(Library)]
        internal static partial CudaResult cuEventDestroy_v2(nint marker);

        [LibraryImport(Library)]
        internal static partial CudaResult cuEventRecord(nint marker, nint stream);

        [LibraryImport(Library)]
        internal static partial CudaResult cuEventQuery(nint marker);

        [LibraryImport(Library)]
        internal static partial CudaResult cuEventElapsedTime(float* milliseconds, nint start, nint end);

        [LibraryImport(Library)]
        internal static partial CudaResult cuLaunchKernel(
            nint function, uint gridX, uint gridY, uint gridZ, uint blockX, uint blockY, uint blockZ, uint sharedBytes,
            nint stream, void** parameters, void** extra);

        [LibraryImport(Library)]
        internal static partial CudaResult cuGraphCreate(nint* graph, uint flags);

        [LibraryImport(Library)]
        internal static partial CudaResult cuGraphDestroy(nint graph);

        [LibraryImport(Library)]
        internal static partial CudaResult cuGraphAddKernelNode_v2(nint* node, nint graph, nint* after, nuint count, CudaKernelNode* launch);

        [LibraryImport(Library)]
        internal static partial CudaResult cuGraphInstantiateWithFlags(nint* executable, nint graph, ulong flags);

        [LibraryImport(Library)]
        internal static partial CudaResult cuGraphExecDestroy(nint executable);

        [LibraryImport(Library)]
        internal static partial CudaResult cuGraphExecKernelNodeSetParams_v2(nint executable, nint node, CudaKernelNode* launch);

        [LibraryImport(Library)]
        internal static partial CudaResult cuGraphLaunch(nint executable, nint stream);
    }
}
