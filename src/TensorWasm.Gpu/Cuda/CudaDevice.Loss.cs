using static TensorWasm.Gpu.Interop;

namespace TensorWasm.Gpu;

/// <content>
/// What happens when the device fails. Fences and deadlines prevent it; this is the second line. All guests are told,
/// and the context is opened again. A driver may refuse that: one of version 580 answers every later call of the process
/// with the first error, after a reset of the context and from a new one, too. Then only a new process helps, and the
/// message says so.
/// <para>
/// A fault is the end of the process's other devices, too: with the same driver, nothing that was put on another GPU ended
/// any more. So they count as lost at once, before anybody is stuck in a call. A kernel that hangs leaves them alone.
/// </para>
/// </content>
public sealed unsafe partial class CudaDevice
{
    /// <summary>The process's devices. Guarded by itself.</summary>
    private static readonly HashSet<CudaDevice> Opened = [];

    private volatile string? _loss;
    private volatile string? _refusal;

    /// <inheritdoc/>
    public override bool IsLost => _loss is not null;

    /// <summary>Looks at an answer of the driver for signs that the context is dead, and with it those of the others.</summary>
    internal void Watch(CudaResult result)
    {
        if (!result.IsFatal())
        {
            return;
        }
        var reason = CudaErrors.Describe(result);
        Lose(reason);
        CudaDevice[] all;
        lock (Opened)
        {
            all = [.. Opened];
        }
        foreach (var other in all)
        {
            other.Lose($"{reason}, noticed on CUDA device {Info.Ordinal}");
        }
    }

    /// <summary>Notices when the context died while nobody used it: a dead one answers every call with its error.</summary>
    internal void Probe() => Watch(Cuda.cuStreamQuery(_service.Value));

    /// <summary>Throws unless a call succeeded, and notices when the context is dead.</summary>
    internal void Expect(CudaResult result, string purpose)
    {
        if (result != CudaResult.CUDA_SUCCESS)
        {
            Watch(result);
            throw IsLost ? Lost() : result.ToException(purpose);
        }
    }

    internal void ThrowIfLost()
    {
        if (IsLost)
        {
            throw Lost();
        }
    }

    /// <summary>The error for whoever uses what lay on the device when it failed.</summary>
    internal override GpuException Lost() => new(
        GpuErrorCode.DeviceLost,
        $"CUDA device {Info.Ordinal} ({Info.Name}) failed: {_loss ?? "earlier"}; what lay on it is gone"
        + (_refusal is null
            ? ": load and allocate anew"
            : $", and the driver does not open it again in this process ({_refusal}): restart the process"));

    /// <summary>Gives the device up, tells everybody, and tries to open it again.</summary>
    internal void Lose(string reason)
    {
        if (Interlocked.CompareExchange(ref _loss, reason, null) is not null)
        {
            return;
        }
        _refusal = "it has not answered yet";
        Context.Lose();

        // Not on this thread: it may hold a lane's gate, and a driver with a kernel that does not end may never answer.
        new Thread(Recover) { IsBackground = true, Name = $"recovery of CUDA device {Info.Ordinal}" }.Start();
    }

    private void Recover()
    {
        var failure = Lost();
        foreach (var lane in Lanes.All)
        {
            lane.Abandon(failure);
        }
        Lanes.Clear();
        Slots.Abandon();
        DestroyPartition(); // a context with partitions can't be reset
        Context.Release();
        var result = Context.Reset();
        if (result != CudaResult.CUDA_SUCCESS)
        {
            _refusal = CudaErrors.Describe(result);
            return;
        }
        Kernels.Clear();
        try
        {
            Context = CudaContext.Retain(Info.Ordinal);
            Generation++;
            Start();
            _refusal = null;
            _loss = null;
        }
        catch (GpuException e)
        {
            _refusal = e.Message;
        }
    }
}
