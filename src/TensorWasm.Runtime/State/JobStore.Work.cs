using Microsoft.EntityFrameworkCore;

namespace TensorWasm.Runtime.State;

/// <content>What workers do.</content>
internal sealed partial class JobStore
{
    /// <summary>Tenants that are looked at to find work; the rest wait for the next look.</summary>
    private const int MaxTenants = 64;

    private const int MaxMessageLength = 2048;
    private const int MaxLooks = 5;

    public async Task<IReadOnlyList<JobRecord>> TakeAsync(
        Guid worker, int count, DateTimeOffset now, DateTimeOffset leaseEnd, Func<TenantId, int> running,
        CancellationToken cancellation = default)
    {
        for (var look = 1; ; look++)
        {
            var (found, taken) = await TryTakeAsync(worker, count, now, leaseEnd, running, cancellation)
                .ConfigureAwait(false);
            // Where another worker was faster with all of them, there may be more.
            if (taken.Count > 0 || found == 0 || look == MaxLooks) return taken;
        }
    }

    private Task<(int Found, List<JobRecord> Taken)> TryTakeAsync(
        Guid worker, int count, DateTimeOffset now, DateTimeOffset leaseEnd, Func<TenantId, int> running,
        CancellationToken cancellation)
    {
        var (time, end) = (Columns.Of(now), Columns.Of(leaseEnd));
        return database.WriteAsync(
            async context =>
            {
                List<JobRecord> taken = [];
                var chosen = await ChooseAsync(context, count, time, running, cancellation).ConfigureAwait(false);
                foreach (var id in chosen)
                {
                    // Another worker may have been faster.
                    var isTaken = await context.Jobs
                        .Where(r => r.Id == id
                            && (r.Status == Pending || (r.Status == Running && r.LeaseEndMs < time)))
                        .ExecuteUpdateAsync(
                            row => row
                                .SetProperty(r => r.Status, Running)
                                .SetProperty(r => r.Worker, worker)
                                .SetProperty(r => r.LeaseEndMs, end)
                                .SetProperty(r => r.StartedMs, time)
                                .SetProperty(r => r.Attempts, r => r.Attempts + 1),
                            cancellation).ConfigureAwait(false) > 0;
                    if (!isTaken) continue;
                    taken.Add(ToRecord(await context.Jobs.AsNoTracking().FirstAsync(r => r.Id == id, cancellation)
                        .ConfigureAwait(false)));
                }
                return (chosen.Count, taken);
            },
            cancellation);
    }

    public Task<IReadOnlyList<Guid>> RenewAsync(
        Guid worker, DateTimeOffset leaseEnd, CancellationToken cancellation = default)
    {
        var end = Columns.Of(leaseEnd);
        return database.WriteAsync<IReadOnlyList<Guid>>(
            async context =>
            {
                var rows = context.Jobs.Where(r => r.Status == Running && r.Worker == worker);
                await rows.ExecuteUpdateAsync(row => row.SetProperty(r => r.LeaseEndMs, end), cancellation)
                    .ConfigureAwait(false);
                return await rows.Where(r => r.IsCancellationRequested).Select(r => r.Id).ToListAsync(cancellation)
                    .ConfigureAwait(false);
            },
            cancellation);
    }

    public Task<int> GiveBackAllAsync(CancellationToken cancellation = default) => database.WriteAsync(
        context => context.Jobs.Where(r => r.Status == Running).ExecuteUpdateAsync(
            row => row
                .SetProperty(r => r.Status, Pending)
                .SetProperty(r => r.Worker, (Guid?)null)
                .SetProperty(r => r.LeaseEndMs, (long?)null),
            cancellation),
        cancellation);

    public Task<bool> GiveBackAsync(
        Guid worker, Guid id, DateTimeOffset notBefore, CancellationToken cancellation = default)
    {
        var time = Columns.Of(notBefore);
        return database.WriteAsync(
            async context => await context.Jobs.Where(r => r.Id == id && r.Status == Running && r.Worker == worker)
                .ExecuteUpdateAsync(
                    row => row
                        .SetProperty(r => r.Status, Pending)
                        .SetProperty(r => r.Worker, (Guid?)null)
                        .SetProperty(r => r.LeaseEndMs, time)
                        .SetProperty(r => r.Attempts, r => r.Attempts - 1),
                    cancellation).ConfigureAwait(false) > 0,
            cancellation);
    }

    public Task<bool> FinishAsync(Guid worker, JobRecord job, CancellationToken cancellation = default)
    {
        var id = job.Id;
        var results = job.Results is { } values ? StateJson.Write(values) : null;
        var message = job.Error?.Message;
        if (message is { Length: > MaxMessageLength }) message = message[..MaxMessageLength];
        var finished = job.FinishedAt is { } time ? Columns.Of(time) : (long?)null;
        return database.WriteAsync(
            async context => await context.Jobs.Where(r => r.Id == id && r.Status == Running && r.Worker == worker)
                .ExecuteUpdateAsync(
                    row => row
                        .SetProperty(r => r.Status, (int)job.Status)
                        .SetProperty(r => r.FinishedMs, finished)
                        .SetProperty(r => r.Results, results)
                        .SetProperty(r => r.OutputDigest, job.Output == null ? null : job.Output.Value.Text)
                        .SetProperty(r => r.OutputBytes, job.OutputBytes)
                        .SetProperty(r => r.ErrorKind, job.Error == null ? (int?)null : (int)job.Error.Kind)
                        .SetProperty(r => r.ErrorMessage, message)
                        .SetProperty(r => r.InputDigest, (string?)null)
                        .SetProperty(r => r.InputBytes, 0L)
                        .SetProperty(r => r.Worker, (Guid?)null)
                        .SetProperty(r => r.LeaseEndMs, (long?)null),
                    cancellation).ConfigureAwait(false) > 0,
            cancellation);
    }

    /// <summary>
    /// The oldest jobs that may be taken, by turns of the tenants: first of those that have fewest running.
    /// </summary>
    private static async Task<List<Guid>> ChooseAsync(
        StateContext context, int count, long now, Func<TenantId, int> running, CancellationToken cancellation)
    {
        var waiting = context.Jobs.Where(r =>
            (r.Status == Pending && (r.LeaseEndMs == null || r.LeaseEndMs < now))
            || (r.Status == Running && r.LeaseEndMs < now));
        var tenants = await waiting.GroupBy(r => r.TenantId)
            .Select(group => new { Tenant = group.Key, Oldest = group.Min(r => r.CreatedMs) })
            .OrderBy(group => group.Oldest).Take(MaxTenants).ToListAsync(cancellation).ConfigureAwait(false);
        List<(int Turn, long Oldest, Guid Id)> candidates = [];
        foreach (var tenant in tenants)
        {
            var turn = running(Columns.Tenant(tenant.Tenant));
            var jobs = await waiting.Where(r => r.TenantId == tenant.Tenant).OrderBy(r => r.CreatedMs).Take(count)
                .Select(r => new { r.Id, r.CreatedMs }).ToListAsync(cancellation).ConfigureAwait(false);
            foreach (var job in jobs) candidates.Add((turn++, job.CreatedMs, job.Id));
        }
        return [.. candidates.Order().Take(count).Select(static candidate => candidate.Id)];
    }
}
