namespace TensorWasm.Runtime;

/// <summary>Something to be recorded.</summary>
/// <param name="Time">When it happened.</param>
/// <param name="Tenant">The tenant that it is about; null for none.</param>
/// <param name="Body">What happened: one JSON object. No bodies of requests, no secrets.</param>
public sealed record AuditEntry(DateTimeOffset Time, TenantId? Tenant, string Body);
