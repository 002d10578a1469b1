using System.Diagnostics;

namespace TensorWasm.Server.Bench.Servers;

/// <summary>A server in a process of its own, on the processors that servers have.</summary>
internal abstract class ServerProcess : IDisposable
{
    private readonly Process _process;

    /// <summary>Starts it and waits until it says where it listens.</summary>
    /// <param name="settings">On which processors.</param>
    /// <param name="command">The program and its arguments.</param>
    /// <param name="environment">Environment variables beside ours.</param>
    /// <param name="marker">What stands before the port in the line of standard error that tells it.</param>
    protected ServerProcess(
        Settings settings, IReadOnlyList<string> command, IReadOnlyDictionary<string, string> environment, string marker)
    {
        string[] all = settings.ServerProcessors is { } processors ? ["taskset", "-c", processors, .. command] : [.. command];
        var start = new ProcessStartInfo(all[0], all[1..]) { RedirectStandardError = true };
        foreach (var (name, value) in environment) start.Environment[name] = value;
        _process = Process.Start(start)!;
        var listening = new TaskCompletionSource<int>(TaskCreationOptions.RunContinuationsAsynchronously);
        var lines = new List<string>();
        _process.ErrorDataReceived += (_, e) =>
        {
            if (e.Data is null)
            {
                listening.TrySetException(new IOException($"{command[0]} ended: {string.Join('\n', lines)}"));
                return;
            }
            lock (lines) lines.Add(e.Data);
            var at = e.Data.IndexOf(marker, StringComparison.Ordinal);
            if (at < 0) return;
            var port = e.Data.AsSpan(at + marker.Length);
            listening.TrySetResult(int.Parse(port[..port.IndexOfAnyExceptInRange('0', '9')], null));
        };
        _process.BeginErrorReadLine();
        Port = listening.Task.GetAwaiter().GetResult();
    }

    public int Port { get; }

    /// <summary>Bytes of memory that the process has in use, by the kernel's account.</summary>
    public long ResidentBytes
    {
        get
        {
            _process.Refresh();
            return _process.WorkingSet64;
        }
    }

    /// <summary>Processor time of all its threads so far.</summary>
    public TimeSpan ProcessorTime
    {
        get
        {
            _process.Refresh();
            return _process.TotalProcessorTime;
        }
    }

    public virtual void Dispose()
    {
        _process.Kill();
        _process.WaitForExit();
        _process.Dispose();
    }
}
