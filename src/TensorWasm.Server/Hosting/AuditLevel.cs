namespace TensorWasm.Server;

/// <summary>What the audit log records of a route's requests. Refusals are recorded always.</summary>
internal enum AuditLevel
{
    /// <summary>Refusals only: the route reads.</summary>
    Refusals,

    /// <summary>Every request, without waiting for the record: the route runs guests.</summary>
    Requests,

    /// <summary>Every request, and the answer waits until the record is written: the route changes state.</summary>
    Changes,
}
