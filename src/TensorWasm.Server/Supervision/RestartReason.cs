namespace TensorWasm.Server;

/// <summary>Why a supervised server was started anew.</summary>
internal enum RestartReason
{
    /// <summary>The driver does not open its device again in that process.</summary>
    DeviceLost,

    /// <summary>A signal ended it: out of memory, or a crash of the runtime.</summary>
    Killed,

    /// <summary>It ended by itself with a failure.</summary>
    Failed,
}
