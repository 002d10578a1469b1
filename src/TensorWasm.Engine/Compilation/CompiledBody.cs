namespace TensorWasm.Engine.Compilation;

/// <summary>A function as CIL.</summary>
/// <param name="Code">The instructions.</param>
/// <param name="MaxStack">The greatest depth of the CIL stack.</param>
/// <param name="Locals">Types of the locals.</param>
/// <param name="FrameEstimate">An upper bound of its native stack frame, in bytes.</param>
internal sealed record CompiledBody(byte[] Code, int MaxStack, IReadOnlyList<Type> Locals, int FrameEstimate)
{
    /// <summary>Whether RyuJIT will compile it without optimisation.</summary>
    internal bool ExceedsJitLimits { get; init; }
}
