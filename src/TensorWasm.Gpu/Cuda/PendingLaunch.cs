namespace TensorWasm.Gpu;

/// <summary>Work that is in a lane: a kernel's launch, or a graph's.</summary>
internal struct PendingLaunch
{
    /// <summary>Whose it is.</summary>
    internal CudaStream Owner;

    /// <summary>The kernel; null for a graph.</summary>
    internal LoadedKernel? Kernel;

    /// <summary>How the kernel is launched; null for a graph.</summary>
    internal CudaFunction? Function;

    /// <summary>The graph; null for a kernel.</summary>
    internal CudaGraph? Graph;

    /// <summary>Happened when it began; null when it is not timed.</summary>
    internal CudaEventHandle? Start;

    /// <summary>Happens when it has ended; null when nobody marked this end.</summary>
    internal CudaEventHandle? End;

    /// <summary>How long it may take, in ticks of the host's clock.</summary>
    internal long LimitTicks;
}
