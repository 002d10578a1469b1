namespace TensorWasm.Runtime;

/// <summary>What a tenant used in one hour.</summary>
/// <param name="Tenant">The tenant.</param>
/// <param name="Start">When the hour begins, in UTC.</param>
/// <param name="Counters">What it used.</param>
public sealed record UsagePeriod(TenantId Tenant, DateTimeOffset Start, UsageCounters Counters);
