namespace TensorWasm.Gpu.Attacks;

/// <summary>How an attack ended.</summary>
/// <param name="Code">The error; null when the kernel ran to its end.</param>
/// <param name="Message">What was said.</param>
/// <param name="Elapsed">From launch to end.</param>
internal readonly record struct Outcome(GpuErrorCode? Code, string Message, TimeSpan Elapsed)
{
    /// <summary>Whether the PTX was refused, by the verifier or by the device.</summary>
    internal bool IsRefused => Code is GpuErrorCode.MalformedPtx or GpuErrorCode.InvalidKernel;

    /// <summary>
    /// Whether the kernel ran and stayed inside: to its end, or until a hole of its own region stopped it (on devices
    /// whose holes have no memory).
    /// </summary>
    internal bool IsContained => Code is null or GpuErrorCode.OutOfBounds;

    public override string ToString() => Code is null ? "ran to its end" : $"{Code}: {Message}";
}
