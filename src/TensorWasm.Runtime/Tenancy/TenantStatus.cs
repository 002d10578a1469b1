namespace TensorWasm.Runtime;

/// <summary>Whether a tenant may act. The numbers are stored.</summary>
public enum TenantStatus
{
    /// <summary>It may.</summary>
    Active = 0,

    /// <summary>Its requests are refused, its jobs wait; what it owns stays.</summary>
    Suspended = 1,
}
