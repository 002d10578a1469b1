namespace TensorWasm.Gpu;

/// <summary>Work that is in a lane: a kernel's launch, or a graph's.</summary>
internal struct PendingLaunch
{
    /// <summary>Whose it is.</summary>
    internal CudaStream Owner;

    /// <summary>The kernel; null for a graph.</summary>
    internal LoadedKernel? Kernel;

    /// <summary>The graph; null for a kernel.</summary>
    internal CudaGraph? Graph;

    /// <summary>Happened when it began; null when it is not timed.</summary>
    internal CudaEventHandle? Start;

    /// <summary>For how many launches its time stands; 0 when it is not timed.</summary>
    internal int Weight;

    /// <summary>Happens when it has ended; null when nobody marked this end.</summary>
    internal CudaEventHandle? End;

    /// <summary>How long it may take, in ticks of the host's clock.</summary>
    internal long LimitTicks;
}
