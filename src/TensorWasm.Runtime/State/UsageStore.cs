using Microsoft.EntityFrameworkCore;

namespace TensorWasm.Runtime.State;

internal sealed class UsageStore(StateDatabase database) : IUsageStore
{
    public Task AddAsync(IReadOnlyList<UsagePeriod> periods, CancellationToken cancellation = default) =>
        database.WriteAsync(
            async context =>
            {
                // Always in the same order, so that two processes can't wait for each other.
                foreach (var period in periods.OrderBy(static p => p.Tenant.Value).ThenBy(static p => p.Start))
                {
                    if (!await TryIncreaseAsync(context, period, cancellation).ConfigureAwait(false))
                    {
                        context.Usage.Add(ToRow(period));
                    }
                }
                // Where another process has added the same hour meanwhile, this fails, and nothing is kept: it is tried
                // again with the next period.
                await context.SaveChangesAsync(cancellation).ConfigureAwait(false);
                return true;
            },
            cancellation);

    public Task<IReadOnlyList<UsagePeriod>> ReadAsync(
        TenantId tenant, DateTimeOffset from, DateTimeOffset to, CancellationToken cancellation = default)
    {
        var key = Columns.Of(tenant);
        var (first, last) = (Columns.Of(from), Columns.Of(to));
        return database.ReadAsync<IReadOnlyList<UsagePeriod>>(
            async context =>
            {
                var rows = await context.Usage.AsNoTracking()
                    .Where(r => r.TenantId == key && r.StartMs >= first && r.StartMs < last)
                    .OrderBy(r => r.StartMs).ToListAsync(cancellation).ConfigureAwait(false);
                return rows.ConvertAll(ToPeriod);
            },
            cancellation);
    }

    private static async Task<bool> TryIncreaseAsync(
        StateContext context, UsagePeriod period, CancellationToken cancellation)
    {
        var key = Columns.Of(period.Tenant);
        var start = Columns.Of(period.Start);
        var more = ToRow(period);
        return await context.Usage.Where(r => r.TenantId == key && r.StartMs == start).ExecuteUpdateAsync(
            row => row
                .SetProperty(r => r.Requests, r => r.Requests + more.Requests)
                .SetProperty(r => r.Failures, r => r.Failures + more.Failures)
                .SetProperty(r => r.Refusals, r => r.Refusals + more.Refusals)
                .SetProperty(r => r.CpuTicks, r => r.CpuTicks + more.CpuTicks)
                .SetProperty(r => r.GpuTicks, r => r.GpuTicks + more.GpuTicks)
                .SetProperty(r => r.Launches, r => r.Launches + more.Launches)
                .SetProperty(r => r.MemoryByteSeconds, r => r.MemoryByteSeconds + more.MemoryByteSeconds)
                .SetProperty(r => r.OutputBytes, r => r.OutputBytes + more.OutputBytes),
            cancellation).ConfigureAwait(false) > 0;
    }

    private static UsageRow ToRow(UsagePeriod period) => new()
    {
        TenantId = Columns.Of(period.Tenant),
        StartMs = Columns.Of(period.Start),
        Requests = period.Counters.Requests,
        Failures = period.Counters.Failures,
        Refusals = period.Counters.Refusals,
        CpuTicks = period.Counters.CpuTime.Ticks,
        GpuTicks = period.Counters.GpuTime.Ticks,
        Launches = period.Counters.Launches,
        MemoryByteSeconds = period.Counters.MemoryByteSeconds,
        OutputBytes = period.Counters.OutputBytes,
    };

    private static UsagePeriod ToPeriod(UsageRow row) => new(
        Columns.Tenant(row.TenantId),
        Columns.Time(row.StartMs),
        new UsageCounters
        {
            Requests = row.Requests,
            Failures = row.Failures,
            Refusals = row.Refusals,
            CpuTime = TimeSpan.FromTicks(row.CpuTicks),
            GpuTime = TimeSpan.FromTicks(row.GpuTicks),
            Launches = row.Launches,
            MemoryByteSeconds = row.MemoryByteSeconds,
            OutputBytes = row.OutputBytes,
        });
}
