namespace TensorWasm.Host;

/// <summary>How much a guest's log record matters; the numbers are those of <c>wasi:logging</c>.</summary>
public enum TraceLevel
{
    /// <summary>For following the guest step by step.</summary>
    Trace = 0,

    /// <summary>For finding faults.</summary>
    Debug = 1,

    /// <summary>What happens as it should.</summary>
    Info = 2,

    /// <summary>What may become a fault.</summary>
    Warn = 3,

    /// <summary>A fault.</summary>
    Error = 4,

    /// <summary>A fault that ends the guest's work.</summary>
    Critical = 5,
}
