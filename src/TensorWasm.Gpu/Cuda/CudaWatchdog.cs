using System.Diagnostics;

namespace TensorWasm.Gpu;

/// <summary>
/// The second line behind deadlines that kernels keep themselves: a thread that notices when a device makes no progress
/// any more, and counts it as lost, so that nobody waits for ever. It also completes launches that nobody waits for, and
/// sets the clock.
/// </summary>
internal sealed class CudaWatchdog : IDisposable
{
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(50);
    private static readonly TimeSpan ClockInterval = TimeSpan.FromSeconds(20);

    private readonly CudaDevice _device;
    private readonly ManualResetEventSlim _end = new();
    private readonly Thread _thread;
    private long _clockSet = Stopwatch.GetTimestamp();

    internal CudaWatchdog(CudaDevice device)
    {
        _device = device;
        _thread = new Thread(Run) { IsBackground = true, Name = $"watchdog of CUDA device {device.Info.Ordinal}" };
        _thread.Start();
    }

    public void Dispose()
    {
        _end.Set();
        while (!_thread.Join(Interval))
        {
            if (_device.IsLost)
            {
                return; // it may be stuck in the driver
            }
        }
        _end.Dispose();
    }

    private void Run()
    {
        while (!_end.Wait(Interval))
        {
            if (_device.IsLost)
            {
                continue;
            }
            _device.Context.Enter();
            _device.Probe();
            if (_device.IsLost)
            {
                continue;
            }
            Look();
            if (Stopwatch.GetElapsedTime(_clockSet) > ClockInterval)
            {
                _clockSet = Stopwatch.GetTimestamp();
                _device.Clock.TryMeasure(5);
            }
        }
    }

    /// <summary>
    /// A lane whose first launch is late may only wait for others, which have deadlines themselves. So the device is lost
    /// when no lane has moved for that long, or one for four times as long.
    /// </summary>
    private void Look()
    {
        var least = TimeSpan.MaxValue;
        var most = TimeSpan.MinValue;
        foreach (var lane in _device.Lanes.All)
        {
            lane.Reap();
            if (lane.IsBusy)
            {
                var overdue = lane.Overdue(Stopwatch.GetTimestamp());
                least = overdue < least ? overdue : least;
                most = overdue > most ? overdue : most;
            }
        }
        var margin = _device.Options.WatchdogMargin;
        if (most > TimeSpan.MinValue && (least > margin || most > 4 * (margin + _device.Options.DefaultTimeLimit)))
        {
            _device.Lose("a kernel did not end at its deadline");
        }
    }
}
