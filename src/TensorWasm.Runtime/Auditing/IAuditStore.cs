namespace TensorWasm.Runtime;

/// <summary>Keeps the audit chain. Records can only be added; they are durable when the call returns.</summary>
public interface IAuditStore
{
    /// <summary>Adds entries in this order, all or none. Calls that come at once share one write.</summary>
    /// <returns>The records.</returns>
    /// <exception cref="StateUnavailableException">The database can't be written: nothing was recorded.</exception>
    public Task<IReadOnlyList<AuditRecord>> AppendAsync(
        IReadOnlyList<AuditEntry> entries, CancellationToken cancellation = default);

    /// <summary>Records in their order.</summary>
    /// <param name="after">The place before the first one wanted; 0 for the beginning.</param>
    /// <param name="count">At most so many.</param>
    /// <param name="tenant">Only those about this tenant; null for all.</param>
    /// <param name="cancellation">Ends the wait.</param>
    /// <exception cref="StateUnavailableException">The database can't be reached.</exception>
    public Task<IReadOnlyList<AuditRecord>> ReadAsync(
        long after, int count, TenantId? tenant = null, CancellationToken cancellation = default);

    /// <summary>The last record; null where there is none.</summary>
    /// <exception cref="StateUnavailableException">The database can't be reached.</exception>
    public Task<AuditRecord?> LastAsync(CancellationToken cancellation = default);

    /// <summary>Reads the whole chain and compares every hash.</summary>
    /// <exception cref="StateUnavailableException">The database can't be reached.</exception>
    public Task<AuditVerification> VerifyAsync(CancellationToken cancellation = default);
}
