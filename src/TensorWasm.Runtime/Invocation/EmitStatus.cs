namespace TensorWasm.Runtime;

/// <summary>What became of a chunk that a guest emitted. The numbers are the guest's.</summary>
public enum EmitStatus
{
    /// <summary>It was taken.</summary>
    Ok = 0,

    /// <summary>Nobody listens to this invocation.</summary>
    Off = -1,

    /// <summary>It is larger than 64 KiB, or the invocation has emitted all that it may. Nothing of it was taken.</summary>
    TooMuch = -2,

    /// <summary>Who listened is gone.</summary>
    Closed = -3,
}
