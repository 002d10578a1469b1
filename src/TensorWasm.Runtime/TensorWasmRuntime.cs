using TensorWasm.Engine;
using TensorWasm.Runtime.State;

namespace TensorWasm.Runtime;

/// <summary>
/// Tenants, their functions and jobs, and the sandboxes that run them. What a method has acknowledged survives the process.
/// One process works on a folder; all members may be used from any thread.
/// </summary>
public sealed class TensorWasmRuntime : IAsyncDisposable
{
    private readonly FileStream _folderLock;
    private readonly StateDatabase _database;
    private readonly ModuleCache _modules;
    private readonly AdmissionControl _admission;
    private readonly DeadlineMonitor _deadlines;
    private readonly TenantDirectory _tenants;
    private readonly Invoker _invoker;

    private TensorWasmRuntime(RuntimeOptions options, FileStream folderLock, StateDatabase database)
    {
        Options = options;
        _folderLock = folderLock;
        _database = database;
        var time = options.Time;
        var freshness = database.IsExclusive ? Timeout.InfiniteTimeSpan : options.Freshness;
        Engine = new WasmEngine(options.Engine);
        Blobs = options.Blobs ?? new FolderBlobStore(Path.Combine(options.Folder, "blobs"), time);
        Tokens = new TokenStore(database);
        Kernels = new KernelStore(database);
        Audit = new AuditStore(database);
        Usage = new UsageStore(database);
        var tenants = new TenantStore(database);
        _tenants = new TenantDirectory(tenants, time, freshness, options.DefaultQuota, options.AcceptsUnknownTenants);
        Tenants = new WatchedTenantStore(tenants, _tenants);
        _modules = new ModuleCache(Engine, Blobs, options.MaxCodeBytes, Environment.ProcessorCount);
        _admission = new AdmissionControl(options.MaxConcurrentInvocations, options.MaxMemoryBytes, time);
        _deadlines = new DeadlineMonitor(time);
        var store = new FunctionStore(database);
        var directory = new FunctionDirectory(store, time, freshness);
        Functions = new FunctionService(store, Kernels, Blobs, _modules, _tenants, directory, time);
        _invoker = new Invoker(
            _tenants, directory, _modules, _admission, _deadlines,
            options.Sandboxes?.Invoke(Engine, time) ?? new FreshSandboxSource(Engine, time), time)
        {
            OnFault = options.OnFault,
        };
    }

    /// <summary>How it works.</summary>
    public RuntimeOptions Options { get; }

    /// <summary>What compiles and runs guests.</summary>
    public WasmEngine Engine { get; }

    /// <summary>Modules, kernels, and payloads of jobs.</summary>
    public IBlobStore Blobs { get; }

    /// <summary>Tenants; a change is heeded from the next request on.</summary>
    public ITenantStore Tenants { get; }

    /// <summary>Tokens.</summary>
    public ITokenStore Tokens { get; }

    /// <summary>The kernel registry's entries.</summary>
    public IKernelStore Kernels { get; }

    /// <summary>The audit chain.</summary>
    public IAuditStore Audit { get; }

    /// <summary>What tenants have used, by the hour.</summary>
    public IUsageStore Usage { get; }

    /// <summary>Functions.</summary>
    public FunctionService Functions { get; }

    /// <summary>Opens the state and starts work.</summary>
    /// <exception cref="IOException">The folder can't be used, or another process works on it.</exception>
    /// <exception cref="UnauthorizedAccessException">The folder can't be used.</exception>
    /// <exception cref="StateUnavailableException">The database can't be opened.</exception>
    public static async Task<TensorWasmRuntime> OpenAsync(RuntimeOptions options, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(options);
        Directory.CreateDirectory(options.Folder);
        var folderLock = Lock(options.Folder);
        StateDatabase? database = null;
        try
        {
            database = options.PostgresConnection is { } connection
                ? await StateDatabase.OpenPostgresAsync(connection, cancellation).ConfigureAwait(false)
                : await StateDatabase.OpenSqliteAsync(Path.Combine(options.Folder, "state.db"), cancellation)
                    .ConfigureAwait(false);
            return new TensorWasmRuntime(options, folderLock, database);
        }
        catch
        {
            if (database is not null) await database.DisposeAsync().ConfigureAwait(false);
            await folderLock.DisposeAsync().ConfigureAwait(false);
            throw;
        }
    }

    /// <summary>
    /// Invokes a function and waits for its end. The guest runs on the calling thread where that is the thread pool's and no
    /// output stream is given; otherwise on another. Cancelling stops the guest. Everything that a tenant or a guest does
    /// wrong is in the result.
    /// </summary>
    public ValueTask<InvocationResult> InvokeAsync(InvocationRequest request, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(request);
        return _invoker.InvokeAsync(request, cancellation);
    }

    /// <summary>Stops at once: guests that run are stopped, and what is acknowledged is kept.</summary>
    public async ValueTask DisposeAsync()
    {
        var idle = _admission.CloseAsync();
        _deadlines.StopAll(RuntimeErrorKind.ShuttingDown);
        await idle.ConfigureAwait(false);
        _deadlines.Dispose();
        _modules.Dispose();
        await _database.DisposeAsync().ConfigureAwait(false);
        await _folderLock.DisposeAsync().ConfigureAwait(false);
    }

    private static FileStream Lock(string folder)
    {
        try
        {
            return new FileStream(
                Path.Combine(folder, "lock"), FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
        }
        catch (IOException e)
        {
            throw new IOException($"another process works on {folder}", e);
        }
    }
}
