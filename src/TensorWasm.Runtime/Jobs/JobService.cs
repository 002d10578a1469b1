using System.Globalization;
using System.Text;

namespace TensorWasm.Runtime;

/// <summary>
/// Invocations that nobody waits for. What is accepted is durable and runs at least once, also where the process ends
/// in between; a guest that must not act twice looks at what it has done. Of another tenant's jobs it knows nothing.
/// </summary>
public sealed class JobService
{
    /// <summary>Most jobs of one page.</summary>
    public const int MaxPage = 1000;

    /// <summary>Most characters of all arguments of a job: 64 KiB.</summary>
    public const int MaxArgumentsLength = 64 << 10;

    private readonly IJobStore _store;
    private readonly IBlobStore _blobs;
    private readonly StorageMeter _storage;
    private readonly Invoker _invoker;
    private readonly JobRunner _runner;
    private readonly TimeProvider _time;

    internal JobService(
        IJobStore store, IBlobStore blobs, StorageMeter storage, Invoker invoker, JobRunner runner, TimeProvider time)
    {
        _store = store;
        _blobs = blobs;
        _storage = storage;
        _invoker = invoker;
        _runner = runner;
        _time = time;
    }

    /// <summary>
    /// Accepts a job. Function, export and arguments are checked now, and the version is settled. A request of an
    /// idempotency key that was used before answers the earlier job, or where it asks for something else, a conflict.
    /// </summary>
    public async Task<Outcome<JobSubmission>> SubmitAsync(JobRequest request, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(request);
        if (Check(request) is { } invalid) return invalid;
        var call = await _invoker.PrepareAsync(
            request.Tenant, request.Function, request.Export, request.Arguments, cancellation).ConfigureAwait(false);
        if (!call.Succeeded) return call.Error;
        var tenant = call.Value.Tenant;
        try
        {
            await tenant.Changes.WaitAsync(cancellation).ConfigureAwait(false);
            try
            {
                return await AddAsync(request, call.Value, cancellation).ConfigureAwait(false);
            }
            finally
            {
                tenant.Changes.Release();
            }
        }
        catch (Exception e) when (RuntimeFailure.Of(e) is { } error)
        {
            return error;
        }
    }

    /// <summary>A job.</summary>
    public Task<Outcome<JobRecord>> FindAsync(TenantId tenant, Guid job, CancellationToken cancellation = default) =>
        RuntimeFailure.GuardAsync<JobRecord>(async () =>
            await _store.FindAsync(tenant, job, cancellation).ConfigureAwait(false) is { } found ? found : NotFound);

    /// <summary>A tenant's jobs, the newest first.</summary>
    /// <param name="tenant">The tenant.</param>
    /// <param name="filter">Which of them.</param>
    /// <param name="before">The last job of the page before; null for the first page.</param>
    /// <param name="count">At most so many, and at most <see cref="MaxPage"/>.</param>
    /// <param name="cancellation">Ends the wait.</param>
    public Task<Outcome<IReadOnlyList<JobRecord>>> ListAsync(
        TenantId tenant, JobFilter filter = default, Guid? before = null, int count = 100,
        CancellationToken cancellation = default) =>
        RuntimeFailure.GuardAsync<IReadOnlyList<JobRecord>>(async () => (JobRecord[])
        [
            .. await _store.ListAsync(tenant, filter, before, Math.Clamp(count, 0, MaxPage), cancellation)
                .ConfigureAwait(false),
        ]);

    /// <summary>
    /// Cancels a job: one that waits never runs, one that runs is stopped. A finished one stays as it is.
    /// </summary>
    public Task<Outcome<JobRecord>> CancelAsync(TenantId tenant, Guid job, CancellationToken cancellation = default) =>
        RuntimeFailure.GuardAsync<JobRecord>(async () =>
        {
            if (await _store.FindAsync(tenant, job, cancellation).ConfigureAwait(false) is null) return NotFound;
            var changed = await _store.CancelAsync(job, _time.GetUtcNow(), cancellation).ConfigureAwait(false);
            if (changed is null) return NotFound;
            if (!changed.IsFinished) _runner.Cancel(job);
            return changed;
        });

    /// <summary>What a job's guest emitted; null where that is nothing, or the job has not finished.</summary>
    public Task<Outcome<byte[]?>> ReadOutputAsync(
        TenantId tenant, Guid job, CancellationToken cancellation = default) =>
        RuntimeFailure.GuardAsync<byte[]?>(async () =>
        {
            var found = await _store.FindAsync(tenant, job, cancellation).ConfigureAwait(false);
            if (found is null) return NotFound;
            if (found.Output is not { } output) return (byte[]?)null;
            return await _blobs.GetAsync(output, cancellation).ConfigureAwait(false) is { } bytes
                ? bytes
                : new RuntimeError(RuntimeErrorKind.BlobUnavailable, "The job's output is missing.");
        });

    private static RuntimeError NotFound { get; } = new(RuntimeErrorKind.JobNotFound, "There is no such job.");

    private static RuntimeError? Check(JobRequest request)
    {
        if (request.IdempotencyKey is { } key
            && (key.Length is 0 or > JobRequest.MaxIdempotencyKeyLength || key.Any(char.IsControl)))
        {
            return new RuntimeError(
                RuntimeErrorKind.InvalidName,
                $"An idempotency key has 1 to {JobRequest.MaxIdempotencyKeyLength} characters, no control ones.");
        }
        if (request.Deadline is { } deadline && deadline <= TimeSpan.Zero)
        {
            return new RuntimeError(RuntimeErrorKind.InvalidSettings, "A deadline must be above 0.");
        }
        if (request.Export is { Length: > 1024 })
        {
            return new RuntimeError(RuntimeErrorKind.ExportNotFound, "The module exports no function of that name.");
        }
        return request.Arguments.Sum(static argument => (long)argument.Text.Length) > MaxArgumentsLength
            ? new RuntimeError(
                RuntimeErrorKind.InvalidArguments, $"A job's arguments have at most {MaxArgumentsLength} characters.")
            : null;
    }

    private async Task<Outcome<JobSubmission>> AddAsync(
        JobRequest request, PreparedCall call, CancellationToken cancellation)
    {
        var input = request.Input.IsEmpty ? (Digest?)null : Digest.Of(request.Input.Span);
        var asked = DigestOf(request, input);
        if (await FindEarlierAsync(request, asked, cancellation).ConfigureAwait(false) is { } earlier) return earlier;
        var quota = call.Tenant.Record.Quota;
        if (await CheckRoomAsync(request, quota, cancellation).ConfigureAwait(false) is { } full) return full;
        if (input is not null) await _blobs.PutAsync(request.Input, cancellation).ConfigureAwait(false);
        var now = _time.GetUtcNow();
        var job = new JobRecord
        {
            Id = Guid.CreateVersion7(now),
            Tenant = request.Tenant,
            Function = call.Function.Id,
            Version = call.Version.Number,
            Export = request.Export,
            Arguments = request.Arguments,
            Input = input,
            InputBytes = request.Input.Length,
            Deadline = request.Deadline,
            IdempotencyKey = request.IdempotencyKey,
            TraceParent = request.TraceParent,
            Request = asked,
            CreatedAt = now,
        };
        if (!await _store.AddAsync(job, cancellation).ConfigureAwait(false))
        {
            // Another process has accepted the same key meanwhile.
            return await FindEarlierAsync(request, asked, cancellation).ConfigureAwait(false)
                ?? new RuntimeError(RuntimeErrorKind.Conflict, "The idempotency key was used at the same time.");
        }
        _runner.Wake();
        return new JobSubmission(job, true);
    }

    private async Task<Outcome<JobSubmission>?> FindEarlierAsync(
        JobRequest request, Digest asked, CancellationToken cancellation)
    {
        if (request.IdempotencyKey is not { } key) return null;
        var job = await _store.FindByKeyAsync(request.Tenant, key, cancellation).ConfigureAwait(false);
        if (job is null) return null;
        return job.Request == asked
            ? new JobSubmission(job, false)
            : new RuntimeError(
                RuntimeErrorKind.Conflict, "The idempotency key was used before, for another request.");
    }

    private async Task<RuntimeError?> CheckRoomAsync(
        JobRequest request, TenantQuota quota, CancellationToken cancellation)
    {
        var (unfinished, all, _) = await _store.MeasureAsync(request.Tenant, cancellation).ConfigureAwait(false);
        if (unfinished >= quota.MaxUnfinishedJobs)
        {
            return new RuntimeError(
                RuntimeErrorKind.QuotaExceeded,
                $"{unfinished} jobs of the tenant have not finished, which is as many as may be (MaxUnfinishedJobs).");
        }
        if (all >= quota.MaxStoredJobs)
        {
            await _store.PruneAsync(
                request.Tenant, all - quota.MaxStoredJobs + 1, DateTimeOffset.MaxValue, cancellation)
                    .ConfigureAwait(false);
        }
        return await _storage.CheckAsync(request.Tenant, quota, request.Input.Length, cancellation)
            .ConfigureAwait(false);
    }

    /// <summary>All that was asked for, each part behind its length, so that no two requests look the same.</summary>
    private static Digest DigestOf(JobRequest request, Digest? input)
    {
        var text = new StringBuilder();
        Add(request.Function.ToString());
        Add(request.Export);
        Add(input?.Text);
        Add(request.Deadline?.Ticks.ToString(CultureInfo.InvariantCulture));
        foreach (var argument in request.Arguments) Add(argument.Text);
        return Digest.Of(Encoding.UTF8.GetBytes(text.ToString()));

        void Add(string? part) =>
            text.Append(CultureInfo.InvariantCulture, $"{part?.Length ?? -1}:").Append(part);
    }
}
