namespace TensorWasm.Runtime;

/// <summary>A job that was accepted, and is durable.</summary>
/// <param name="Job">The job.</param>
/// <param name="IsNew">False where an earlier submission under the same idempotency key had made it.</param>
public sealed record JobSubmission(JobRecord Job, bool IsNew);
