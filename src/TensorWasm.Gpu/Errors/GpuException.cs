namespace TensorWasm.Gpu;

/// <summary>A device operation that failed, with a code to act on and a sentence that says what to do.</summary>
public sealed class GpuException : Exception
{
    /// <summary>A failure.</summary>
    public GpuException(GpuErrorCode code, string message, Exception? inner = null)
        : base(message, inner) => Code = code;

    /// <summary>A kernel that was stopped.</summary>
    public GpuException(GpuStop stop)
        : base(stop.ToString())
    {
        Stop = stop;
        Code = stop.Code;
    }

    /// <summary>What went wrong.</summary>
    public GpuErrorCode Code { get; }

    /// <summary>Where a kernel was stopped; null when none was.</summary>
    public GpuStop? Stop { get; }
}
