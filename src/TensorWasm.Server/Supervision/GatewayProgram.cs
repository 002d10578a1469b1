using System.Diagnostics;
using TensorWasm.Gpu;

namespace TensorWasm.Server;

/// <summary>
/// The gateway as a program: serves until it is told to stop. With <see cref="GatewayOptions.Supervise"/> this process
/// supervises, and the same program with the same arguments serves.
/// </summary>
public static partial class GatewayProgram
{
    /// <summary>
    /// What the end may take, 5 s beyond the drain time, when a device is lost: a guest's thread may be stuck in the driver.
    /// </summary>
    private static readonly TimeSpan ExitLimit = TimeSpan.FromSeconds(5);

    /// <summary>Runs it.</summary>
    /// <param name="options">The settings.</param>
    /// <param name="environment">Its surroundings.</param>
    /// <param name="input">Standard input, by which a supervisor tells its server to stop.</param>
    /// <param name="token">Stops it.</param>
    /// <returns>What the process ends with: 0 when it was stopped; 75 when its device was lost and its supervisor is to
    /// start it anew.</returns>
    /// <exception cref="IOException">The address is taken, the data folder or the audit log can't be used.</exception>
    /// <exception cref="FormatException">A key, a token or a certificate can't be read.</exception>
    /// <exception cref="TensorWasm.Runtime.StateUnavailableException">The database can't be opened.</exception>
    public static async Task<int> RunAsync(
        GatewayOptions options, GatewayEnvironment environment, Stream input, CancellationToken token)
    {
        ArgumentNullException.ThrowIfNull(options);
        ArgumentNullException.ThrowIfNull(environment);
        using var supervision = Supervision.Find();
        if (supervision is null && options.Supervise) return await SuperviseAsync(options, environment, token).ConfigureAwait(false);

        using var stop = CancellationTokenSource.CreateLinkedTokenSource(token);
        if (supervision is not null) Supervision.Follow(input, stop.Cancel);
        var host = await GatewayHost.StartAsync(
            options, environment with { Supervision = supervision }, stop.Token).ConfigureAwait(false);
        var stopped = Task.Delay(Timeout.InfiniteTimeSpan, stop.Token);
        var ended = await Task.WhenAny(supervision is null ? [stopped] : [stopped, host.DeviceLoss]).ConfigureAwait(false);
        var exitCode = ended == stopped ? 0 : Supervision.DeviceLostExitCode;
        var isLost = host.DeviceLoss.IsCompleted;
        if (isLost) ExitLater(options.Drain + ExitLimit, exitCode);
        await host.DisposeAsync().ConfigureAwait(false); // after which logs and the audit log are written
        if (isLost) GpuDevices.Exit(exitCode);
        return exitCode;
    }

    private static async Task<int> SuperviseAsync(
        GatewayOptions options, GatewayEnvironment environment, CancellationToken token)
    {
        if (!OperatingSystem.IsLinux()) throw new FormatException("supervise: sockets are handed over on Linux only.");
        using var logging = LoggerFactory.Create(builder =>
        {
            builder.SetMinimumLevel(options.LogLevel);
            environment.ConfigureLogging(builder);
        });
        var supervisor = new Supervisor(options.Listen, options.Drain, logging.CreateLogger("TensorWasm.Server"));
        return await supervisor.RunAsync(OwnCommand(), token).ConfigureAwait(false);
    }

    /// <summary>This program with its arguments; "dotnet program.dll" needs the program as its first one.</summary>
    private static ProcessStartInfo OwnCommand()
    {
        var program = Environment.ProcessPath ?? throw new IOException("this process does not know its program");
        var arguments = Environment.GetCommandLineArgs();
        var isHost = Path.GetFileNameWithoutExtension(program) == "dotnet";
        return new ProcessStartInfo(program, isHost ? arguments : arguments[1..]) { UseShellExecute = false };
    }

    private static void ExitLater(TimeSpan limit, int exitCode) => new Thread(() =>
    {
        Thread.Sleep(limit);
        GpuDevices.Exit(exitCode);
    })
    { IsBackground = true }.Start();
}
