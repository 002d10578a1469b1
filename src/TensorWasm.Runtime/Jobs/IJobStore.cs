namespace TensorWasm.Runtime;

/// <summary>Keeps jobs. A change is durable when the method returns.</summary>
public interface IJobStore
{
    /// <summary>A tenant's job; null if there is none. Looking for another tenant's takes as long as for none.</summary>
    /// <exception cref="StateUnavailableException">The database can't be reached.</exception>
    public Task<JobRecord?> FindAsync(TenantId tenant, Guid id, CancellationToken cancellation = default);

    /// <summary>The job of a tenant's idempotency key; null if there is none.</summary>
    /// <exception cref="StateUnavailableException">The database can't be reached.</exception>
    public Task<JobRecord?> FindByKeyAsync(TenantId tenant, string key, CancellationToken cancellation = default);

    /// <summary>A tenant's jobs, the newest first.</summary>
    /// <param name="tenant">The tenant.</param>
    /// <param name="filter">Which of them.</param>
    /// <param name="before">The last job of the page before; null for the first page.</param>
    /// <param name="count">At most so many.</param>
    /// <param name="cancellation">Ends the wait.</param>
    /// <exception cref="StateUnavailableException">The database can't be reached.</exception>
    public Task<IReadOnlyList<JobRecord>> ListAsync(
        TenantId tenant, JobFilter filter, Guid? before, int count, CancellationToken cancellation = default);

    /// <summary>
    /// How many jobs a tenant has that have not finished, how many in all, and the bytes of their payloads.
    /// </summary>
    /// <exception cref="StateUnavailableException">The database can't be reached.</exception>
    public Task<(int Unfinished, int All, long Bytes)> MeasureAsync(
        TenantId tenant, CancellationToken cancellation = default);

    /// <summary>Adds a job; false if there is one of the same tenant and idempotency key.</summary>
    /// <exception cref="StateUnavailableException">The database can't be written.</exception>
    public Task<bool> AddAsync(JobRecord job, CancellationToken cancellation = default);

    /// <summary>
    /// Takes jobs that wait, or whose worker has not been heard of since its lease ended; they are running then.
    /// Tenants take turns, those first that have fewest running; of a tenant, the oldest come first. No two workers get
    /// the same one.
    /// </summary>
    /// <param name="worker">Who takes them.</param>
    /// <param name="count">At most so many.</param>
    /// <param name="now">The time.</param>
    /// <param name="leaseEnd">Until when they are the worker's, unless it renews that.</param>
    /// <param name="running">How many jobs of a tenant the worker has running.</param>
    /// <param name="cancellation">Ends the wait.</param>
    /// <exception cref="StateUnavailableException">The database can't be written.</exception>
    public Task<IReadOnlyList<JobRecord>> TakeAsync(
        Guid worker, int count, DateTimeOffset now, DateTimeOffset leaseEnd, Func<TenantId, int> running,
        CancellationToken cancellation = default);

    /// <summary>Renews the leases of a worker's running jobs.</summary>
    /// <returns>Those of them whose cancellation was asked for.</returns>
    /// <exception cref="StateUnavailableException">The database can't be written.</exception>
    public Task<IReadOnlyList<Guid>> RenewAsync(
        Guid worker, DateTimeOffset leaseEnd, CancellationToken cancellation = default);

    /// <summary>Gives all running jobs back, which wait again. Only while no worker lives.</summary>
    /// <returns>How many they were.</returns>
    /// <exception cref="StateUnavailableException">The database can't be written.</exception>
    public Task<int> GiveBackAllAsync(CancellationToken cancellation = default);

    /// <summary>Gives a running job back, as if it had not been started; false if the worker has lost it.</summary>
    /// <param name="worker">Whose it is.</param>
    /// <param name="id">The job.</param>
    /// <param name="notBefore">When it may be taken again.</param>
    /// <param name="cancellation">Ends the wait.</param>
    /// <exception cref="StateUnavailableException">The database can't be written.</exception>
    public Task<bool> GiveBackAsync(
        Guid worker, Guid id, DateTimeOffset notBefore, CancellationToken cancellation = default);

    /// <summary>Stores how a running job of a worker ended; false if the worker has lost it.</summary>
    /// <exception cref="StateUnavailableException">The database can't be written.</exception>
    public Task<bool> FinishAsync(Guid worker, JobRecord job, CancellationToken cancellation = default);

    /// <summary>
    /// Cancels a job: at once where it waits, otherwise its worker is told. The job as it is then; null if there is
    /// none.
    /// </summary>
    /// <exception cref="StateUnavailableException">The database can't be written.</exception>
    public Task<JobRecord?> CancelAsync(Guid id, DateTimeOffset time, CancellationToken cancellation = default);

    /// <summary>
    /// Removes the jobs of a tenant that finished first; or of all tenants, those that finished before a time.
    /// </summary>
    /// <param name="tenant">The tenant; null for all.</param>
    /// <param name="count">At most so many.</param>
    /// <param name="finishedBefore">Only those that finished before.</param>
    /// <param name="cancellation">Ends the wait.</param>
    /// <returns>How many were removed.</returns>
    /// <exception cref="StateUnavailableException">The database can't be written.</exception>
    public Task<int> PruneAsync(
        TenantId? tenant, int count, DateTimeOffset finishedBefore, CancellationToken cancellation = default);
}
