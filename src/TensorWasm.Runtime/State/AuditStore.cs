using System.Threading.Channels;
using Microsoft.EntityFrameworkCore;

namespace TensorWasm.Runtime.State;

/// <summary>
/// The audit chain. Writers leave their entries in a channel; whoever gets the pen first writes all that are there in
/// one transaction, so that a thousand entries at once cost one flush of the disk.
/// </summary>
internal sealed class AuditStore(StateDatabase database) : IAuditStore, IDisposable
{
    private const int MaxBatch = 512;
    private const int Page = 1000;
    private const int MaxAttempts = 10;

    private readonly Channel<Pending> _pending = Channel.CreateUnbounded<Pending>();
    private readonly SemaphoreSlim _pen = new(1);

    // The end of the chain as it was last seen; other processes may have gone on since.
    private AuditRecord? _last;

    public async Task<IReadOnlyList<AuditRecord>> AppendAsync(
        IReadOnlyList<AuditEntry> entries, CancellationToken cancellation = default)
    {
        var mine = new Pending(entries);
        _pending.Writer.TryWrite(mine);
        while (!mine.Task.IsCompleted)
        {
            await _pen.WaitAsync(CancellationToken.None).ConfigureAwait(false);
            try
            {
                if (!mine.Task.IsCompleted) await WriteBatchAsync().ConfigureAwait(false);
            }
            finally
            {
                _pen.Release();
            }
        }
        return await mine.Task.ConfigureAwait(false);
    }

    public Task<IReadOnlyList<AuditRecord>> ReadAsync(
        long after, int count, TenantId? tenant = null, CancellationToken cancellation = default)
    {
        var key = tenant is { } only ? Columns.Of(only) : (long?)null;
        return database.ReadAsync<IReadOnlyList<AuditRecord>>(
            async context =>
            {
                var rows = context.Audit.AsNoTracking().Where(r => r.Sequence > after);
                if (key is not null) rows = rows.Where(r => r.TenantId == key);
                var page = await rows.OrderBy(r => r.Sequence).Take(count).ToListAsync(cancellation)
                    .ConfigureAwait(false);
                return page.ConvertAll(ToRecord);
            },
            cancellation);
    }

    public Task<AuditRecord?> LastAsync(CancellationToken cancellation = default) => database.ReadAsync(
        async context => await context.Audit.AsNoTracking().OrderByDescending(r => r.Sequence)
            .FirstOrDefaultAsync(cancellation).ConfigureAwait(false) is { } row ? ToRecord(row) : null,
        cancellation);

    public async Task<AuditVerification> VerifyAsync(CancellationToken cancellation = default)
    {
        AuditRecord? previous = null;
        while (true)
        {
            var page = await ReadAsync(previous?.Sequence ?? 0, Page, null, cancellation).ConfigureAwait(false);
            if (page.Count == 0) return new AuditVerification(Done(), null, Hash());
            foreach (var record in page)
            {
                if (!AuditChain.Follows(record, previous)) return new AuditVerification(Done(), Done() + 1, Hash());
                previous = record;
            }
        }

        long Done() => previous?.Sequence ?? 0;
        ReadOnlyMemory<byte> Hash() => previous?.Hash ?? AuditChain.Start;
    }

    public void Dispose() => _pen.Dispose();

    private async Task WriteBatchAsync()
    {
        List<Pending> batch = [];
        for (var count = 0; count < MaxBatch && _pending.Reader.TryRead(out var next); count += next.Entries.Count)
        {
            batch.Add(next);
        }
        try
        {
            var records = await WriteAsync(batch).ConfigureAwait(false);
            var start = 0;
            foreach (var pending in batch)
            {
                pending.TrySetResult(records.GetRange(start, pending.Entries.Count));
                start += pending.Entries.Count;
            }
        }
        catch (Exception e)
        {
            foreach (var pending in batch) pending.TrySetException(e);
        }
    }

    private async Task<List<AuditRecord>> WriteAsync(List<Pending> batch)
    {
        for (var attempt = 1; ; attempt++)
        {
            var last = attempt == 1 && _last is not null ? _last : await LastAsync().ConfigureAwait(false);
            List<AuditRecord> records = [];
            foreach (var entry in batch.SelectMany(static pending => pending.Entries))
            {
                last = AuditChain.Append(entry, (last?.Sequence ?? 0) + 1, last?.Hash ?? AuditChain.Start);
                records.Add(last);
            }
            var isWritten = await database.WriteAsync(
                async context =>
                {
                    context.Audit.AddRange(records.Select(ToRow));
                    return await TenantStore.SaveNewAsync(context, CancellationToken.None).ConfigureAwait(false);
                },
                CancellationToken.None).ConfigureAwait(false);
            if (isWritten)
            {
                _last = last;
                return records;
            }
            // Another process has gone on with the chain: these follow that.
            if (attempt == MaxAttempts) throw new StateUnavailableException("other processes write the audit chain");
        }
    }

    private static AuditRow ToRow(AuditRecord record) => new()
    {
        Sequence = record.Sequence,
        TimeMs = Columns.Of(record.Time),
        TenantId = record.Tenant is { } tenant ? Columns.Of(tenant) : null,
        Body = record.Body,
        PreviousHash = record.PreviousHash.ToArray(),
        Hash = record.Hash.ToArray(),
    };

    private static AuditRecord ToRecord(AuditRow row) => new()
    {
        Sequence = row.Sequence,
        Time = Columns.Time(row.TimeMs),
        Tenant = row.TenantId is { } tenant ? Columns.Tenant(tenant) : null,
        Body = row.Body,
        PreviousHash = row.PreviousHash,
        Hash = row.Hash,
    };

    private sealed class Pending(IReadOnlyList<AuditEntry> entries)
        : TaskCompletionSource<IReadOnlyList<AuditRecord>>(TaskCreationOptions.RunContinuationsAsynchronously)
    {
        internal IReadOnlyList<AuditEntry> Entries { get; } = entries;
    }
}
