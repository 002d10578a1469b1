namespace TensorWasm.Host;

/// <summary>Who made a span.</summary>
public enum TraceSpanKind
{
    /// <summary>The guest, by <c>tensorwasm:telemetry</c>: name and attributes are its own words.</summary>
    Guest,

    /// <summary>The host: a call of the guest that concerns a device.</summary>
    HostCall,

    /// <summary>The device: kernels that have ended.</summary>
    Kernel,
}
