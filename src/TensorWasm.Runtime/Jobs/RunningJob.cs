namespace TensorWasm.Runtime;

/// <summary>A job that runs in this process.</summary>
internal sealed class RunningJob : IDisposable
{
    private readonly Lock _lock = new();
    private readonly CancellationTokenSource _cancellation = new();
    private bool _isDisposed;

    internal RunningJob(JobRecord job)
    {
        Job = job;
        Token = _cancellation.Token;
    }

    internal JobRecord Job { get; }

    internal CancellationToken Token { get; }

    internal Task Completion { get; set; } = Task.CompletedTask;

    internal void Cancel()
    {
        lock (_lock)
        {
            if (!_isDisposed) _cancellation.Cancel();
        }
    }

    public void Dispose()
    {
        lock (_lock)
        {
            _isDisposed = true;
            _cancellation.Dispose();
        }
    }
}
