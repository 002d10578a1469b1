using System.Diagnostics;
using System.Net;

namespace TensorWasm.Server;

/// <summary>
/// A small process that listens, and lets a server of its own serve. When the server loses its device, which the driver
/// opens again in a new process only, or is killed, the next one is started, and accepts what has come meanwhile.
/// </summary>
internal sealed partial class Supervisor(IPEndPoint address, TimeSpan drain, ILogger log)
{
    /// <summary>A server that was told to stop is killed so long, 30 s, after its drain time.</summary>
    private static readonly TimeSpan StopMargin = TimeSpan.FromSeconds(30);

    /// <summary>Runs servers until one is stopped, or the first does not start.</summary>
    /// <param name="command">What starts a server.</param>
    /// <param name="token">Stops the server, and with it this.</param>
    /// <returns>The exit code of the last server.</returns>
    /// <exception cref="IOException">The address can't be had.</exception>
    internal async Task<int> RunAsync(ProcessStartInfo command, CancellationToken token)
    {
        using var socket = ListenSocket.Open(address);
        var restarts = default(Restarts);
        var pause = default(RestartPause);
        while (true)
        {
            command.RedirectStandardInput = true;
            command.Environment[Supervision.Variable] = Supervision.Describe(socket, restarts);
            var started = Stopwatch.GetTimestamp();
            var exitCode = await RunServerAsync(command, token).ConfigureAwait(false);
            // Exit codes 1 and 2 tell, with a message, what must be changed before a server can start.
            if (token.IsCancellationRequested || exitCode == 0 || (restarts.Total == 0 && exitCode is 1 or 2))
            {
                return exitCode;
            }
            var reason = exitCode == Supervision.DeviceLostExitCode ? RestartReason.DeviceLost
                : exitCode > 128 ? RestartReason.Killed
                : RestartReason.Failed;
            restarts = restarts.Add(reason);
            var wait = pause.After(Stopwatch.GetElapsedTime(started));
            LogRestart(log, Restarts.NameOf(reason), exitCode, wait.TotalSeconds, restarts.Total);
            try
            {
                await Task.Delay(wait, token).ConfigureAwait(false);
            }
            catch (OperationCanceledException)
            {
                return 0;
            }
        }
    }

    private async Task<int> RunServerAsync(ProcessStartInfo command, CancellationToken token)
    {
        using var server = Process.Start(command) ?? throw new IOException($"{command.FileName} was not started");
        LogStarted(log, server.Id);
        try
        {
            await server.WaitForExitAsync(token).ConfigureAwait(false);
        }
        catch (OperationCanceledException)
        {
            await StopAsync(server).ConfigureAwait(false);
        }
        return server.ExitCode;
    }

    private async Task StopAsync(Process server)
    {
        try
        {
            await server.StandardInput.BaseStream.WriteAsync(new byte[] { 0 }, CancellationToken.None).ConfigureAwait(false);
        }
        catch (IOException)
        {
            // It has ended by itself.
        }
        using var limit = new CancellationTokenSource(drain + StopMargin);
        try
        {
            await server.WaitForExitAsync(limit.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException)
        {
            server.Kill();
            await server.WaitForExitAsync(CancellationToken.None).ConfigureAwait(false);
        }
    }

    [LoggerMessage(1301, LogLevel.Information, "Server started as process {ProcessId}", EventName = "ServerStarted")]
    private static partial void LogStarted(ILogger logger, int processId);

    [LoggerMessage(1302, LogLevel.Error, "The server ended ({Reason}, exit code {ExitCode}); the next one is started in "
        + "{Seconds} s, restart {Count}. Connections wait meanwhile", EventName = "ServerRestarts")]
    private static partial void LogRestart(ILogger logger, string reason, int exitCode, double seconds, int count);
}
