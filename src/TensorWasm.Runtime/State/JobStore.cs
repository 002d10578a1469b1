using Microsoft.EntityFrameworkCore;

namespace TensorWasm.Runtime.State;

internal sealed partial class JobStore(StateDatabase database) : IJobStore
{
    private const int Pending = (int)JobStatus.Pending;
    private const int Running = (int)JobStatus.Running;
    private const int Completed = (int)JobStatus.Completed;
    private const int Cancelled = (int)JobStatus.Cancelled;

    public Task<JobRecord?> FindAsync(TenantId tenant, Guid id, CancellationToken cancellation = default)
    {
        var owner = Columns.Of(tenant);
        return database.ReadAsync(
            async context => await context.Jobs.AsNoTracking()
                .FirstOrDefaultAsync(r => r.Id == id && r.TenantId == owner, cancellation)
                .ConfigureAwait(false) is { } row ? ToRecord(row) : null,
            cancellation);
    }

    public Task<JobRecord?> FindByKeyAsync(TenantId tenant, string key, CancellationToken cancellation = default)
    {
        var owner = Columns.Of(tenant);
        return database.ReadAsync(
            async context => await context.Jobs.AsNoTracking()
                .FirstOrDefaultAsync(r => r.TenantId == owner && r.IdempotencyKey == key, cancellation)
                .ConfigureAwait(false) is { } row ? ToRecord(row) : null,
            cancellation);
    }

    public Task<IReadOnlyList<JobRecord>> ListAsync(
        TenantId tenant, JobFilter filter, Guid? before, int count, CancellationToken cancellation = default)
    {
        var owner = Columns.Of(tenant);
        return database.ReadAsync<IReadOnlyList<JobRecord>>(
            async context =>
            {
                var rows = context.Jobs.AsNoTracking().Where(r => r.TenantId == owner);
                if (filter.Function is { } function) rows = rows.Where(r => r.FunctionId == function);
                if (filter.Status is { } status) rows = rows.Where(r => r.Status == (int)status);
                if (before is { } last)
                {
                    var made = await context.Jobs.Where(r => r.Id == last && r.TenantId == owner)
                        .Select(r => (long?)r.CreatedMs).FirstOrDefaultAsync(cancellation)
                            .ConfigureAwait(false) ?? long.MinValue;
                    rows = rows.Where(r => r.CreatedMs < made || (r.CreatedMs == made && r.Id.CompareTo(last) < 0));
                }
                var page = await rows.OrderByDescending(r => r.CreatedMs).ThenByDescending(r => r.Id).Take(count)
                    .ToListAsync(cancellation).ConfigureAwait(false);
                return page.ConvertAll(ToRecord);
            },
            cancellation);
    }

    public Task<(int Unfinished, int All, long Bytes)> MeasureAsync(
        TenantId tenant, CancellationToken cancellation = default)
    {
        var owner = Columns.Of(tenant);
        return database.ReadAsync(
            async context =>
            {
                var rows = context.Jobs.Where(r => r.TenantId == owner);
                var unfinished = await rows.CountAsync(r => r.Status < Completed, cancellation).ConfigureAwait(false);
                var all = await rows.CountAsync(cancellation).ConfigureAwait(false);
                var bytes = await rows.SumAsync(r => r.InputBytes + r.OutputBytes, cancellation).ConfigureAwait(false);
                return (unfinished, all, bytes);
            },
            cancellation);
    }

    public Task<bool> AddAsync(JobRecord job, CancellationToken cancellation = default) => database.WriteAsync(
        async context =>
        {
            var owner = Columns.Of(job.Tenant);
            if (job.IdempotencyKey is { } key && await context.Jobs
                .AnyAsync(r => r.TenantId == owner && r.IdempotencyKey == key, cancellation).ConfigureAwait(false))
            {
                return false;
            }
            context.Jobs.Add(new JobRow
            {
                Id = job.Id,
                TenantId = owner,
                FunctionId = job.Function,
                Version = job.Version,
                Export = job.Export,
                Arguments = StateJson.Write(job.Arguments),
                InputDigest = job.Input?.Text,
                InputBytes = job.InputBytes,
                DeadlineSeconds = job.Deadline?.TotalSeconds,
                IdempotencyKey = job.IdempotencyKey,
                TraceParent = job.TraceParent,
                RequestDigest = job.Request.Text,
                CreatedMs = Columns.Of(job.CreatedAt),
            });
            return await TenantStore.SaveNewAsync(context, cancellation).ConfigureAwait(false);
        },
        cancellation);

    public Task<JobRecord?> CancelAsync(Guid id, DateTimeOffset time, CancellationToken cancellation = default)
    {
        var now = Columns.Of(time);
        return database.WriteAsync(
            async context =>
            {
                await context.Jobs.Where(r => r.Id == id && r.Status == Pending).ExecuteUpdateAsync(
                    row => row
                        .SetProperty(r => r.Status, Cancelled)
                        .SetProperty(r => r.IsCancellationRequested, true)
                        .SetProperty(r => r.FinishedMs, now)
                        .SetProperty(r => r.InputDigest, (string?)null)
                        .SetProperty(r => r.InputBytes, 0L),
                    cancellation).ConfigureAwait(false);
                await context.Jobs.Where(r => r.Id == id && r.Status == Running).ExecuteUpdateAsync(
                    row => row.SetProperty(r => r.IsCancellationRequested, true), cancellation).ConfigureAwait(false);
                return await context.Jobs.AsNoTracking().FirstOrDefaultAsync(r => r.Id == id, cancellation)
                    .ConfigureAwait(false) is { } row ? ToRecord(row) : null;
            },
            cancellation);
    }

    public Task<int> PruneAsync(
        TenantId? tenant, int count, DateTimeOffset finishedBefore, CancellationToken cancellation = default)
    {
        var owner = tenant is { } only ? Columns.Of(only) : (long?)null;
        var end = Columns.Of(finishedBefore);
        return database.WriteAsync(
            async context =>
            {
                var rows = context.Jobs.Where(r => r.Status >= Completed && r.FinishedMs < end);
                if (owner is not null) rows = rows.Where(r => r.TenantId == owner);
                var ids = await rows.OrderBy(r => r.FinishedMs).Take(count).Select(r => r.Id).ToListAsync(cancellation)
                    .ConfigureAwait(false);
                return await context.Jobs.Where(r => ids.Contains(r.Id)).ExecuteDeleteAsync(cancellation)
                    .ConfigureAwait(false);
            },
            cancellation);
    }

    private static JobRecord ToRecord(JobRow row) => new()
    {
        Id = row.Id,
        Tenant = Columns.Tenant(row.TenantId),
        Function = row.FunctionId,
        Version = row.Version,
        Export = row.Export,
        Arguments = StateJson.ReadArguments(row.Arguments),
        Input = Columns.Digest(row.InputDigest),
        InputBytes = row.InputBytes,
        Deadline = row.DeadlineSeconds is { } seconds ? TimeSpan.FromSeconds(seconds) : null,
        IdempotencyKey = row.IdempotencyKey,
        TraceParent = row.TraceParent,
        Request = Digest.Parse(row.RequestDigest),
        Status = (JobStatus)row.Status,
        Attempts = row.Attempts,
        IsCancellationRequested = row.IsCancellationRequested,
        CreatedAt = Columns.Time(row.CreatedMs),
        StartedAt = Columns.Time(row.StartedMs),
        FinishedAt = Columns.Time(row.FinishedMs),
        Results = row.Results is { } results ? StateJson.ReadValues(results) : null,
        Output = Columns.Digest(row.OutputDigest),
        OutputBytes = row.OutputBytes,
        Error = row.ErrorKind is { } kind ? new RuntimeError((RuntimeErrorKind)kind, row.ErrorMessage ?? "") : null,
    };
}
