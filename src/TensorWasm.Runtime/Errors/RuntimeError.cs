namespace TensorWasm.Runtime;

/// <summary>Why a request was not carried out.</summary>
/// <param name="Kind">The kind, for programs.</param>
/// <param name="Message">A sentence for people. It holds nothing of another tenant.</param>
public sealed record RuntimeError(RuntimeErrorKind Kind, string Message)
{
    /// <summary>Whether the same request may succeed a little later.</summary>
    public bool IsTransient => Kind is RuntimeErrorKind.QueueFull or RuntimeErrorKind.QueueTimeout
        or RuntimeErrorKind.StateUnavailable or RuntimeErrorKind.DiskFull or RuntimeErrorKind.ShuttingDown
        or RuntimeErrorKind.DeviceLost;

    /// <summary>The kind and the message.</summary>
    public override string ToString() => $"{Kind}: {Message}";
}
