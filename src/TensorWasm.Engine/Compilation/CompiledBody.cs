namespace TensorWasm.Engine.Compilation;

/// <summary>A function as CIL.</summary>
/// <param name="Code">The instructions.</param>
/// <param name="MaxStack">The greatest depth of the CIL stack.</param>
/// <param name="Locals">Types of the locals.</param>
/// <param name="FrameEstimate">An upper bound of its native stack frame, in bytes.</param>
internal sealed record CompiledBody(byte[] Code, int MaxStack, IReadOnlyList<Type> Locals, int FrameEstimate)
{
    /// <summary>What it takes of the JIT's limits.</summary>
    internal CodeSize Size { get; init; }

    /// <summary>The limits of who makes machine code of it; null where it has none.</summary>
    internal JitLimits? Limits { get; init; }

    /// <summary>How many arguments it takes.</summary>
    internal int Arguments { get; init; }

    /// <summary>Methods that parts of it became.</summary>
    internal IReadOnlyList<OutlinedMethod> Outlined { get; init; } = [];

    /// <summary>Where it calls such methods.</summary>
    internal IReadOnlyList<PartCall> PartCalls { get; init; } = [];

    /// <summary>Whether it will be compiled without optimisation, or a part of it.</summary>
    internal bool ExceedsJitLimits =>
        Limits is not null && Limits.AreExceeded(Size, Locals.Count + Arguments) || Outlined.Any(part => part.Body.ExceedsJitLimits);
}
