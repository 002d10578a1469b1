namespace TensorWasm.Runtime;

/// <summary>
/// What a function's guests are granted. An interface that is not granted still links: it answers its documented code,
/// or
/// <c>notcapable</c> in WASI.
/// </summary>
[Flags]
public enum FunctionCapabilities
{
    /// <summary>Nothing: computing alone.</summary>
    None = 0,

    /// <summary>The host's clocks.</summary>
    Clocks = 1,

    /// <summary>Random numbers.</summary>
    Random = 2,

    /// <summary>Emitting output while it runs, and reading the invocation's input.</summary>
    Streaming = 4,

    /// <summary>The device: launching kernels.</summary>
    Gpu = 8,

    /// <summary>All of them.</summary>
    All = Clocks | Random | Streaming | Gpu,
}
