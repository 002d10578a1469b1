namespace TensorWasm.Host;

/// <summary>
/// What a sandbox may use. The imports link in any case; those of an interface that is switched off answer its code for
/// that, and tell nothing else.
/// </summary>
[Flags]
public enum HostCapabilities
{
    /// <summary>Nothing.</summary>
    None = 0,

    /// <summary><c>wasi:cuda</c>: kernels over linear memory. Off: -1.</summary>
    Cuda = 1,

    /// <summary><c>tensorwasm:gpu</c>: device memory, streams, graphs and more. Off: -1.</summary>
    Gpu = 2,

    /// <summary><c>wasi:tensor</c>: output while the guest runs. Off: -1.</summary>
    Streaming = 4,

    /// <summary>Everything.</summary>
    All = Cuda | Gpu | Streaming,
}
