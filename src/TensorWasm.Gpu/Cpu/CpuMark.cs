using TensorWasm.Gpu.Cpu.Operations;

namespace TensorWasm.Gpu.Cpu;

/// <summary>A place in a stream's work that is reached once.</summary>
internal sealed class CpuMark
{
    private readonly TaskCompletionSource _reached = new();

    internal bool IsReached => _reached.Task.IsCompleted;

    /// <summary>When it was reached, by the device's clock.</summary>
    internal ulong Nanoseconds { get; private set; }

    internal void Reach()
    {
        Nanoseconds = Clock.Now;
        _reached.SetResult();
    }

    internal void Wait(CancellationToken cancellation) => _reached.Task.Wait(cancellation);

    /// <summary>Runs something when it is reached, on the thread that reaches it.</summary>
    internal void Then(Action action) =>
        _reached.Task.ContinueWith(
            _ => action(), CancellationToken.None, TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default);
}
