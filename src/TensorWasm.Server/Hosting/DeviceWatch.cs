using TensorWasm.Gpu;

namespace TensorWasm.Server;

/// <summary>Notices when a device has failed and is not opened again in this process.</summary>
internal sealed partial class DeviceWatch : IAsyncDisposable
{
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(100);

    /// <summary>A device that comes back does so within this time, 1 s.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(1);

    private readonly CancellationTokenSource _end = new();
    private readonly TaskCompletionSource<string> _loss = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly Task _watching;

    internal DeviceWatch(IReadOnlyList<GpuDevice> devices, TimeProvider time, ILogger log) =>
        _watching = devices.Count == 0 ? Task.CompletedTask : WatchAsync(devices, time, log);

    /// <summary>Completes when it has, with what happened.</summary>
    internal Task<string> Loss => _loss.Task;

    public async ValueTask DisposeAsync()
    {
        await _end.CancelAsync().ConfigureAwait(false);
        await _watching.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        _end.Dispose();
    }

    private async Task WatchAsync(IReadOnlyList<GpuDevice> devices, TimeProvider time, ILogger log)
    {
        using var timer = new PeriodicTimer(Interval, time);
        long? since = null;
        while (await timer.WaitForNextTickAsync(_end.Token).ConfigureAwait(false))
        {
            if (devices.FirstOrDefault(static device => device.IsLost) is not { } lost)
            {
                since = null;
                continue;
            }
            since ??= time.GetTimestamp();
            if (time.GetElapsedTime(since.Value) < Patience || lost.LossReason is not { } reason) continue;
            LogLoss(log, reason);
            _loss.SetResult(reason);
            return;
        }
    }

    [LoggerMessage(1401, LogLevel.Critical, "{Reason}. With --supervise the server does so by itself",
        EventName = "DeviceLost")]
    private static partial void LogLoss(ILogger logger, string reason);
}
