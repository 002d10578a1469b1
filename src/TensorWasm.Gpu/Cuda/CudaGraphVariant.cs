using static TensorWasm.Gpu.Interop;

namespace TensorWasm.Gpu;

/// <summary>A graph instantiated for all multiprocessors, or for the partition: a launch's node fixes which.</summary>
internal sealed unsafe class CudaGraphVariant : IDisposable
{
    private readonly CudaGraphHandle _graph;
    private readonly CudaGraphExecHandle _executable;
    private readonly nint[] _nodes;
    private readonly nint _context;

    /// <param name="blocks">The launches.</param>
    /// <param name="context">The context to launch in; 0 for the current one.</param>
    internal CudaGraphVariant(CudaGraphBlocks blocks, nint context)
    {
        _context = context;
        _nodes = new nint[blocks.Count];
        _graph = CudaGraphHandle.Create();
        try
        {
            nint before = 0;
            for (var i = 0; i < _nodes.Length; i++)
            {
                blocks.Nodes[i].Context = context;
                nint node;
                Cuda.cuGraphAddKernelNode_v2(&node, _graph.Value, &before, i == 0 ? 0u : 1u, blocks.Nodes + i)
                    .Check("recording a launch");
                _nodes[i] = before = node;
            }
            _executable = CudaGraphExecHandle.Create(_graph);
        }
        catch
        {
            _graph.Dispose();
            throw;
        }
    }

    internal nint Value => _executable.Value;

    /// <summary>The deadline of its launches.</summary>
    internal ulong Deadline { get; private set; }

    internal void SetDeadline(CudaGraphBlocks blocks, ulong deadline)
    {
        for (var i = 0; i < _nodes.Length; i++)
        {
            if (blocks.SetDeadline(i, deadline))
            {
                blocks.Nodes[i].Context = _context;
                Cuda.cuGraphExecKernelNodeSetParams_v2(_executable.Value, _nodes[i], blocks.Nodes + i)
                    .Check("setting a deadline");
            }
        }
        Deadline = deadline;
    }

    public void Dispose()
    {
        _executable.Dispose();
        _graph.Dispose();
    }
}
