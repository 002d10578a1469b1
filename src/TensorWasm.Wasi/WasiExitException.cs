namespace TensorWasm.Wasi;

/// <summary>
/// A guest ended itself, by <c>proc_exit</c> or by a signal it raised. Not an error as such: the code tells.
/// It passes through the guest's frames to whoever called the guest.
/// </summary>
public sealed class WasiExitException : Exception
{
    /// <summary>The guest called <c>proc_exit</c>.</summary>
    public WasiExitException(int exitCode)
        : base($"The guest exited with code {exitCode}.") => ExitCode = exitCode;

    /// <summary>The guest raised a signal that ends a process.</summary>
    public WasiExitException(WasiSignal signal)
        : base($"The guest ended itself by signal {signal}.")
    {
        Signal = signal;
        ExitCode = 128 + (int)signal;
    }

    /// <summary>The exit code; 128 and the signal's number where a signal ended the guest, as shells count.</summary>
    public int ExitCode { get; }

    /// <summary>The signal, where one ended the guest.</summary>
    public WasiSignal? Signal { get; }
}
