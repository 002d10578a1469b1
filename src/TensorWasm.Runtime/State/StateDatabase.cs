using System.Data.Common;
using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Infrastructure;
using Npgsql;

namespace TensorWasm.Runtime.State;

/// <summary>
/// Opens the database and runs units of work on it: each reads, or writes all of its changes or none. Whatever the
/// database itself does wrong becomes a <see cref="StateUnavailableException"/>.
/// </summary>
internal sealed class StateDatabase : IAsyncDisposable
{
    private const int MaxAttempts = 5;

    private readonly PooledDbContextFactory<StateContext> _contexts;

    // PostgreSQL's connections; they are closed with the database.
    private readonly NpgsqlDataSource? _source;

    // SQLite has one writer at a time; those who wait in line here don't poll its lock.
    private readonly SemaphoreSlim? _writer;

    private StateDatabase(DbContextOptions<StateContext> options, NpgsqlDataSource? source)
    {
        _contexts = new PooledDbContextFactory<StateContext>(options);
        _source = source;
        IsExclusive = source is null;
        _writer = IsExclusive ? new SemaphoreSlim(1) : null;
    }

    /// <summary>Whether no other process works on this database.</summary>
    internal bool IsExclusive { get; }

    /// <summary>Opens a database file, which is made where there is none, and brings its schema up to date.</summary>
    internal static Task<StateDatabase> OpenSqliteAsync(string path, CancellationToken cancellation)
    {
        SqliteLibrary.Initialize();
        return OpenSqliteCoreAsync(path, cancellation);
    }

    /// <summary>Opens a PostgreSQL database, and brings its schema up to date.</summary>
    /// <exception cref="FormatException">The connection string is none.</exception>
    internal static async Task<StateDatabase> OpenPostgresAsync(string connection, CancellationToken cancellation)
    {
        NpgsqlDataSource source;
        try
        {
            source = NpgsqlDataSource.Create(connection);
        }
        catch (ArgumentException e)
        {
            throw new FormatException($"the database's connection string can't be read: {e.Message}", e);
        }
        var database = new StateDatabase(new DbContextOptionsBuilder<StateContext>().UseNpgsql(source).Options, source);
        try
        {
            await database.MigrateAsync(cancellation).ConfigureAwait(false);
            return database;
        }
        catch
        {
            await database.DisposeAsync().ConfigureAwait(false);
            throw;
        }
    }

    /// <summary>Runs queries.</summary>
    /// <exception cref="StateUnavailableException">The database can't be reached.</exception>
    internal async Task<T> ReadAsync<T>(Func<StateContext, Task<T>> work, CancellationToken cancellation)
    {
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                var context = await _contexts.CreateDbContextAsync(cancellation).ConfigureAwait(false);
                await using (context.ConfigureAwait(false)) return await work(context).ConfigureAwait(false);
            }
            catch (Exception e) when (IsDatabaseFailure(e))
            {
                if (attempt == MaxAttempts || !IsTransient(e)) throw Unavailable(e);
            }
            await Task.Delay(Pause(attempt), cancellation).ConfigureAwait(false);
        }
    }

    /// <summary>
    /// Runs one transaction. Where another transaction got in its way, it is run again, from the beginning and on a
    /// fresh context, so the work must have no effect but on the context.
    /// </summary>
    /// <exception cref="StateUnavailableException">The database can't be written; it is as it was.</exception>
    internal async Task<T> WriteAsync<T>(Func<StateContext, Task<T>> work, CancellationToken cancellation)
    {
        if (_writer is not null) await _writer.WaitAsync(cancellation).ConfigureAwait(false);
        try
        {
            for (var attempt = 1; ; attempt++)
            {
                try
                {
                    return await TryWriteAsync(work, cancellation).ConfigureAwait(false);
                }
                catch (Exception e) when (IsDatabaseFailure(e))
                {
                    if (attempt == MaxAttempts || !IsTransient(e)) throw Unavailable(e);
                }
                await Task.Delay(Pause(attempt), cancellation).ConfigureAwait(false);
            }
        }
        finally
        {
            _writer?.Release();
        }
    }

    /// <summary>Whether an exception says that a row of the same key is there already.</summary>
    internal static bool IsDuplicate(DbUpdateException exception) => exception.InnerException switch
    {
        // SQLITE_CONSTRAINT_PRIMARYKEY and SQLITE_CONSTRAINT_UNIQUE (sqlite.org/rescode.html); unique_violation.
        SqliteException sqlite => sqlite.SqliteExtendedErrorCode is 1555 or 2067,
        DbException database => database.SqlState == "23505",
        _ => false,
    };

    public async ValueTask DisposeAsync()
    {
        _writer?.Dispose();
        if (_source is not null) await _source.DisposeAsync().ConfigureAwait(false);
    }

    private static async Task<StateDatabase> OpenSqliteCoreAsync(string path, CancellationToken cancellation)
    {
        var connection = new SqliteConnectionStringBuilder
        {
            DataSource = path,
            ForeignKeys = true,
            // Seconds that a command waits for a lock.
            DefaultTimeout = 5,
        }.ToString();
        var options = new DbContextOptionsBuilder<StateContext>().UseSqlite(connection).Options;
        var database = new StateDatabase(options, source: null);
        await database.ReadAsync(
            async context =>
            {
                // Readers don't wait for the writer so. A commit is flushed to the disk before it returns, which is the
                // default (synchronous=FULL).
                await context.Database.ExecuteSqlRawAsync("PRAGMA journal_mode=WAL", cancellation)
                    .ConfigureAwait(false);
                // A process that is killed while it migrates leaves this lock; nobody else uses the file.
                return await context.Database
                    .ExecuteSqlRawAsync("DROP TABLE IF EXISTS \"__EFMigrationsLock\"", cancellation)
                        .ConfigureAwait(false);
            },
            cancellation).ConfigureAwait(false);
        await database.MigrateAsync(cancellation).ConfigureAwait(false);
        return database;
    }

    private Task<bool> MigrateAsync(CancellationToken cancellation) => ReadAsync(
        async context =>
        {
            await context.Database.MigrateAsync(cancellation).ConfigureAwait(false);
            return true;
        },
        cancellation);

    private async Task<T> TryWriteAsync<T>(Func<StateContext, Task<T>> work, CancellationToken cancellation)
    {
        var context = await _contexts.CreateDbContextAsync(cancellation).ConfigureAwait(false);
        await using (context.ConfigureAwait(false))
        {
            var transaction = await context.Database.BeginTransactionAsync(cancellation).ConfigureAwait(false);
            await using (transaction.ConfigureAwait(false))
            {
                var result = await work(context).ConfigureAwait(false);
                // Once the commit is on its way, a cancellation could no longer tell whether it was kept.
                await transaction.CommitAsync(CancellationToken.None).ConfigureAwait(false);
                return result;
            }
        }
    }

    private static TimeSpan Pause(int attempt) => TimeSpan.FromMilliseconds(20 << attempt);

    private static bool IsDatabaseFailure(Exception exception) =>
        exception is DbException or TimeoutException
        || exception is DbUpdateException && exception.InnerException is DbException or TimeoutException
        || exception is InvalidOperationException { InnerException: DbException or TimeoutException };

    private static bool IsTransient(Exception exception)
    {
        var database = exception as DbException ?? exception.InnerException as DbException;
        return database switch
        {
            // SQLITE_BUSY and SQLITE_LOCKED.
            SqliteException sqlite => sqlite.SqliteErrorCode is 5 or 6,
            // serialization_failure and deadlock_detected; the driver knows failures of the connection.
            not null => database.IsTransient || database.SqlState is "40001" or "40P01",
            null => false,
        };
    }

    /// <summary>The driver says where it failed, and what lies below it why; EF's own words tell neither.</summary>
    private static StateUnavailableException Unavailable(Exception exception)
    {
        var cause = exception is DbException or TimeoutException ? exception : exception.InnerException ?? exception;
        var reason = cause.InnerException is { } below ? $": {below.Message}" : "";
        return new($"the database failed: {cause.Message}{reason}", exception);
    }
}
