using TensorWasm.Runtime.State;

namespace TensorWasm.Runtime;

/// <summary>What is done from time to time: storing usage, removing what nobody needs any more.</summary>
internal sealed class Maintenance(
    RuntimeOptions options, StateDatabase database, IUsageStore usage, IJobStore jobs, IBlobStore blobs,
    TenantDirectory tenants, AdmissionControl admission) : IAsyncDisposable
{
    /// <summary>Jobs removed at once.</summary>
    private const int PruneBatch = 1000;

    /// <summary>How long a blob may lie that nothing refers to: a deployment that is under way will.</summary>
    private static readonly TimeSpan BlobGrace = TimeSpan.FromHours(1);

    private static readonly TimeSpan BlobPeriod = TimeSpan.FromHours(1);
    private static readonly TimeSpan TenantIdleTime = TimeSpan.FromMinutes(10);

    private readonly CancellationTokenSource _stopping = new();
    private readonly SemaphoreSlim _flushing = new(1);
    private Task _running = Task.CompletedTask;
    private long? _swept;

    internal void Start() => _running = Task.Run(RunAsync);

    public async ValueTask DisposeAsync()
    {
        await _stopping.CancelAsync().ConfigureAwait(false);
        await _running.ConfigureAwait(false);
        _stopping.Dispose();
    }

    /// <summary>Stores what tenants have used since the last time. What can't be stored is kept for the next.</summary>
    /// <exception cref="StateUnavailableException">The database can't be written.</exception>
    internal async Task FlushUsageAsync(CancellationToken cancellation)
    {
        await _flushing.WaitAsync(cancellation).ConfigureAwait(false);
        try
        {
            var hour = new DateTimeOffset(
                options.Time.GetUtcNow().Ticks / TimeSpan.TicksPerHour * TimeSpan.TicksPerHour, TimeSpan.Zero);
            List<(UsageMeter Meter, UsagePeriod Period)> pending = [];
            foreach (var (id, tenant) in tenants.All)
            {
                tenant.CountDeviceUse();
                var counters = tenant.Meter.TakePending();
                if (counters != default) pending.Add((tenant.Meter, new UsagePeriod(id, hour, counters)));
            }
            if (pending.Count == 0) return;
            try
            {
                await usage.AddAsync([.. pending.Select(static p => p.Period)], cancellation).ConfigureAwait(false);
            }
            catch
            {
                foreach (var (meter, period) in pending) meter.PutBack(period.Counters);
                throw;
            }
        }
        finally
        {
            _flushing.Release();
        }
    }

    /// <summary>Removes blobs that nothing refers to, and whose last use is long ago.</summary>
    /// <returns>How many were removed.</returns>
    internal async Task<int> SweepBlobsAsync(CancellationToken cancellation)
    {
        // Before the references are read: what is put from now on is younger.
        var before = options.Time.GetUtcNow() - BlobGrace;
        var references = await BlobReferences.ReadAsync(database, cancellation).ConfigureAwait(false);
        var removed = 0;
        await foreach (var digest in blobs.ListAsync(cancellation).ConfigureAwait(false))
        {
            if (references.Contains(digest)) continue;
            if (await blobs.RemoveAsync(digest, before, cancellation).ConfigureAwait(false)) removed++;
        }
        return removed;
    }

    private async Task RunAsync()
    {
        using var timer = new PeriodicTimer(options.MaintenancePeriod, options.Time);
        try
        {
            while (await timer.WaitForNextTickAsync(_stopping.Token).ConfigureAwait(false))
            {
                await RunOnceAsync().ConfigureAwait(false);
            }
        }
        catch (OperationCanceledException)
        {
            // The end.
        }
    }

    private async Task RunOnceAsync()
    {
        try
        {
            await FlushUsageAsync(_stopping.Token).ConfigureAwait(false);
            var end = options.Time.GetUtcNow() - options.Jobs.Retention;
            while (await jobs.PruneAsync(null, PruneBatch, end, _stopping.Token).ConfigureAwait(false) == PruneBatch)
            {
                // There may be more.
            }
            tenants.Trim(TenantIdleTime, admission);
            if (_swept is not { } swept || options.Time.GetElapsedTime(swept) >= BlobPeriod)
            {
                await SweepBlobsAsync(_stopping.Token).ConfigureAwait(false);
                _swept = options.Time.GetTimestamp();
            }
        }
        catch (Exception e) when (RuntimeFailure.Of(e) is not null)
        {
            // Tried again at the next tick.
        }
        catch (Exception e) when (e is not OperationCanceledException)
        {
            options.OnFault?.Invoke(e);
        }
    }
}
