namespace TensorWasm.Host;

/// <summary>
/// What one sandbox may have, beside its tenant's quotas. Those of PTX, kernels, arguments and names are TensorWasm's.
/// </summary>
internal static class GuestLimits
{
    /// <summary>Bytes of one PTX module: 8 MiB.</summary>
    internal const int PtxBytes = 8 << 20;

    /// <summary>Bytes of the PTX of all modules: 512 MiB.</summary>
    internal const long TotalPtxBytes = 512L << 20;

    /// <summary>Modules; each kernel that <c>wasi:cuda</c> loads has one.</summary>
    internal const int Modules = 256;

    /// <summary>Kernels of all modules.</summary>
    internal const int Kernels = 4096;

    /// <summary>Bytes of an entry point's name.</summary>
    internal const int EntryBytes = 256;

    /// <summary>Bytes of a launch's arguments.</summary>
    internal const int ArgumentBytes = 4096;

    /// <summary>Records of a launch's arguments.</summary>
    internal const int ArgumentRecords = 128;

    /// <summary>Bytes of an error's text, before the ellipsis of one that is longer.</summary>
    internal const int ErrorBytes = 512;

    /// <summary>Device buffers.</summary>
    internal const int Buffers = 4096;

    /// <summary>Streams beside the default one.</summary>
    internal const int Streams = 63;

    /// <summary>Events.</summary>
    internal const int Events = 1024;

    /// <summary>Graphs.</summary>
    internal const int Graphs = 256;

    /// <summary>Bytes that recorded launches take in the host's memory.</summary>
    internal const long RecordedBytes = 16 << 20;

    /// <summary>What a recorded launch takes beside its parameters.</summary>
    internal const int RecordedLaunchBytes = 128;
}
