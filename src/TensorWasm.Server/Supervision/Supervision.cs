using System.Diagnostics;
using System.Globalization;
using System.Net.Sockets;

namespace TensorWasm.Server;

/// <summary>
/// A server's side of its supervisor: the socket that it accepts from, how often it was started anew, and the pipe by
/// which it is told to stop, and by whose end it knows that the supervisor is gone.
/// </summary>
internal sealed class Supervision : IDisposable
{
    /// <summary>What a supervised server ends with when its device is lost: EX_TEMPFAIL of sysexits.h.</summary>
    internal const int DeviceLostExitCode = 75;

    /// <summary>Set by a supervisor for its servers: the socket's number, and the restarts.</summary>
    internal const string Variable = "TENSOR_WASM_SUPERVISED";

    /// <summary>Who has just been accepted has sent its request after 250 ms.</summary>
    private static readonly TimeSpan Grace = TimeSpan.FromMilliseconds(250);

    private readonly CancellationTokenSource _stopping = new();

    private Supervision(Socket socket, Restarts restarts) => (Socket, Restarts) = (socket, restarts);

    internal Socket Socket { get; }

    internal Restarts Restarts { get; }

    /// <summary>Cancelled when no more connections are to be accepted.</summary>
    internal CancellationToken Stopping => _stopping.Token;

    /// <summary>This process's supervisor; null where it has none.</summary>
    /// <exception cref="FormatException">The variable was not set by a supervisor.</exception>
    /// <exception cref="IOException">Its socket can't be used.</exception>
    internal static Supervision? Find()
    {
        if (Environment.GetEnvironmentVariable(Variable) is not { Length: > 0 } text) return null;
        Environment.SetEnvironmentVariable(Variable, null);
        var separator = text.IndexOf(';', StringComparison.Ordinal);
        return separator > 0 && int.TryParse(text.AsSpan(0, separator), CultureInfo.InvariantCulture, out var descriptor)
            ? new(ListenSocket.TakeOver(descriptor), Restarts.Parse(text.AsSpan(separator + 1)))
            : throw new FormatException($"{Variable}: '{text}' was not set by a supervisor");
    }

    /// <summary>After the server; the socket stays open.</summary>
    public void Dispose() => _stopping.Dispose();

    /// <summary>What a supervisor sets the variable to.</summary>
    internal static string Describe(Socket socket, Restarts restarts) =>
        string.Create(CultureInfo.InvariantCulture, $"{socket.Handle};{restarts}");

    /// <summary>Leaves further connections to the next server, and waits for the requests of those that were accepted.</summary>
    internal async Task StopAcceptingAsync()
    {
        await _stopping.CancelAsync().ConfigureAwait(false);
        await Task.Delay(Grace).ConfigureAwait(false);
    }

    /// <summary>
    /// Follows the supervisor: a byte in the pipe tells to stop; its end, that the supervisor was killed, and then this
    /// process is, too, for otherwise a new supervisor would find the data folder in use.
    /// </summary>
    internal static void Follow(Stream pipe, Action stop)
    {
        new Thread(() =>
        {
            try
            {
                while (pipe.ReadByte() >= 0) stop();
            }
            catch (IOException)
            {
                // As good as its end.
            }
            Process.GetCurrentProcess().Kill();
        })
        { IsBackground = true, Name = "supervisor's pipe" }.Start();
    }
}
