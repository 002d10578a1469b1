namespace TensorWasm.Runtime;

/// <summary>Which jobs of a tenant to list.</summary>
/// <param name="Function">Only those of this function; null for all.</param>
/// <param name="Status">Only those that stand there; null for all.</param>
public readonly record struct JobFilter(Guid? Function = null, JobStatus? Status = null);
