using System.Runtime.InteropServices;
using static TensorWasm.Gpu.Interop;

namespace TensorWasm.Gpu;

/// <summary>The launches of a graph in the form that the driver reads: nodes and parameter blocks in native memory.</summary>
internal sealed unsafe class CudaGraphBlocks : IDisposable
{
    private const int ExtraWords = 6; // five words of the launch's options and the block's size

    private byte* _memory;
    private readonly int[] _deadlines;

    internal CudaGraphBlocks(RegionLayout region, IReadOnlyList<RecordedLaunch> launches, StatusBlocks.Run status)
    {
        Count = launches.Count;
        _deadlines = new int[Count];
        var bytes = Count * (sizeof(CudaKernelNode) + (ExtraWords * sizeof(nint)));
        foreach (var launch in launches)
        {
            bytes += FunctionOf(launch).ParameterBytes;
        }
        _memory = (byte*)NativeMemory.AllocZeroed((nuint)bytes);
        Nodes = (CudaKernelNode*)_memory;
        var extra = (nint*)(Nodes + Count);
        var block = (byte*)(extra + (Count * ExtraWords));
        for (var i = 0; i < Count; i++)
        {
            var launch = launches[i];
            var function = FunctionOf(launch);
            var span = new Span<byte>(block, function.ParameterBytes);
            launch.Parameters.Span.CopyTo(span);
            function.WriteHidden(
                span, region.Base, region.Size - 1, launch.Kernel.Module.GlobalsAddress, status.Address(i), 0);
            _deadlines[i] = function.DeadlineOffset;

            extra[0] = Cuda.CU_LAUNCH_PARAM_BUFFER_POINTER;
            extra[1] = (nint)block;
            extra[2] = Cuda.CU_LAUNCH_PARAM_BUFFER_SIZE;
            extra[3] = (nint)(extra + 5);
            extra[4] = Cuda.CU_LAUNCH_PARAM_END;
            extra[5] = span.Length;
            Nodes[i] = new CudaKernelNode
            {
                Function = function.Value,
                GridX = launch.Shape.Grid.X,
                GridY = launch.Shape.Grid.Y,
                GridZ = launch.Shape.Grid.Z,
                BlockX = launch.Shape.Block.X,
                BlockY = launch.Shape.Block.Y,
                BlockZ = launch.Shape.Block.Z,
                SharedBytes = (uint)launch.Shape.DynamicSharedBytes,
                Extra = (void**)extra,
            };
            extra += ExtraWords;
            block += span.Length;
        }
    }

    internal int Count { get; }

    internal CudaKernelNode* Nodes { get; }

    /// <summary>Writes a launch's deadline.</summary>
    /// <returns>false when its kernel has none.</returns>
    internal bool SetDeadline(int index, ulong deadline)
    {
        if (_deadlines[index] < 0)
        {
            return false;
        }
        *(ulong*)((byte*)Nodes[index].Extra[1] + _deadlines[index]) = deadline;
        return true;
    }

    public void Dispose()
    {
        NativeMemory.Free(_memory);
        _memory = null;
    }

    private static CudaFunction FunctionOf(RecordedLaunch launch) =>
        ((CudaCode)launch.Kernel.Module.Module.Code).Functions[launch.Kernel.Kernel.Index];
}
