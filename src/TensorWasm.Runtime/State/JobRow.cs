namespace TensorWasm.Runtime.State;

internal sealed class JobRow
{
    public Guid Id { get; set; }

    public long TenantId { get; set; }

    public Guid FunctionId { get; set; }

    public int Version { get; set; }

    public string? Export { get; set; }

    /// <summary>JSON.</summary>
    public string Arguments { get; set; } = "[]";

    public string? InputDigest { get; set; }

    public long InputBytes { get; set; }

    public double? DeadlineSeconds { get; set; }

    public string? IdempotencyKey { get; set; }

    public string RequestDigest { get; set; } = "";

    public int Status { get; set; }

    public int Attempts { get; set; }

    public bool IsCancellationRequested { get; set; }

    public Guid? Worker { get; set; }

    /// <summary>Until when a running job is its worker's; before when a waiting one is not taken.</summary>
    public long? LeaseEndMs { get; set; }

    public long CreatedMs { get; set; }

    public long? StartedMs { get; set; }

    public long? FinishedMs { get; set; }

    /// <summary>JSON; null where there are none.</summary>
    public string? Results { get; set; }

    public string? OutputDigest { get; set; }

    public long OutputBytes { get; set; }

    public int? ErrorKind { get; set; }

    public string? ErrorMessage { get; set; }

    public string? TraceParent { get; set; }
}
