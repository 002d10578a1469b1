using TensorWasm.Engine;
using TensorWasm.Runtime.State;

namespace TensorWasm.Runtime;

/// <summary>
/// Tenants, their functions and jobs, and the sandboxes that run them. What a method has acknowledged survives the
/// process. Without a shared database, one process works on a folder. All members may be used from any thread.
/// </summary>
public sealed class TensorWasmRuntime : IAsyncDisposable
{
    private readonly FileStream? _folderLock;
    private readonly StateDatabase _database;
    private readonly AuditStore _audit;
    private readonly ModuleCache _modules;
    private readonly AdmissionControl _admission;
    private readonly DeadlineMonitor _deadlines;
    private readonly TenantDirectory _tenants;
    private readonly Invoker _invoker;
    private readonly JobRunner _runner;
    private readonly Maintenance _maintenance;
    private int _isDisposed;

    private TensorWasmRuntime(RuntimeOptions options, FileStream? folderLock, StateDatabase database)
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
        Audit = _audit = new AuditStore(database);
        Usage = new UsageStore(database);
        var functions = new FunctionStore(database);
        var jobs = new JobStore(database);
        var tenants = new TenantStore(database);
        var directory = new FunctionDirectory(functions, time, freshness);
        var storage = new StorageMeter(functions, Kernels, jobs);
        Storage = storage;
        _tenants = new TenantDirectory(tenants, time, freshness, options.DefaultQuota, options.AcceptsUnknownTenants);
        Tenants = new WatchedTenantStore(tenants, _tenants, directory);
        _modules = new ModuleCache(Engine, Blobs, options.MaxCodeBytes, Environment.ProcessorCount);
        _admission = new AdmissionControl(options.MaxConcurrentInvocations, options.MaxMemoryBytes, time);
        _deadlines = new DeadlineMonitor(time);
        Functions = new FunctionService(functions, storage, Blobs, _modules, _tenants, directory, time);
        _invoker = new Invoker(
            _tenants, directory, _modules, _admission, _deadlines,
            options.Sandboxes?.Invoke(Engine, time) ?? new FreshSandboxSource(Engine, time),
            new DevicePool(options.Devices, options.NoDeviceReason, Kernels, Blobs), Recent, time)
        {
            OnFault = options.OnFault,
        };
        _runner = new JobRunner(jobs, Blobs, _invoker, options.Jobs, time, options.OnFault);
        JobStore = jobs;
        Jobs = new JobService(jobs, Blobs, storage, _invoker, _runner, time);
        _maintenance = new Maintenance(options, database, Usage, jobs, Blobs, _tenants, _admission);
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

    /// <summary>Jobs.</summary>
    public JobService Jobs { get; }

    /// <summary>The latest invocations that recorded something: 1 MiB for each tenant, 64 MiB for all.</summary>
    public RecentInvocations Recent { get; } = new(1 << 20, 64 << 20);

    /// <summary>What the process holds now, for metrics.</summary>
    public RuntimeGauges Gauges => new()
    {
        RunningInvocations = _admission.Running,
        QueuedInvocations = _admission.Queued,
        RunningJobs = _runner.Count,
        CompiledModules = _modules.Count,
        CodeBytes = _modules.Bytes,
        Compilations = _modules.Compilations,
        CodeEvictions = _modules.Evictions,
    };

    internal StorageMeter Storage { get; }

    internal IJobStore JobStore { get; }

    internal Maintenance Maintenance => _maintenance;

    /// <summary>Opens the state and starts work: jobs that were accepted before go on.</summary>
    /// <exception cref="IOException">The folder can't be used, or another process works on it.</exception>
    /// <exception cref="UnauthorizedAccessException">The folder can't be used.</exception>
    /// <exception cref="StateUnavailableException">The database can't be opened.</exception>
    /// <exception cref="FormatException">The database's connection string is none.</exception>
    public static async Task<TensorWasmRuntime> OpenAsync(
        RuntimeOptions options, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(options);
        Directory.CreateDirectory(options.Folder);
        var folderLock = options.PostgresConnection is null ? Lock(options.Folder) : null;
        StateDatabase? database = null;
        try
        {
            database = options.PostgresConnection is { } connection
                ? await StateDatabase.OpenPostgresAsync(connection, cancellation).ConfigureAwait(false)
                : await StateDatabase.OpenSqliteAsync(Path.Combine(options.Folder, "state.db"), cancellation)
                    .ConfigureAwait(false);
            var runtime = new TensorWasmRuntime(options, folderLock, database);
            // What ran when the last process ended waits again. On a shared database, leases tell.
            if (database.IsExclusive) await runtime.JobStore.GiveBackAllAsync(cancellation).ConfigureAwait(false);
            PoolThreads.AddHeld(0);
            runtime._runner.Start();
            runtime._maintenance.Start();
            return runtime;
        }
        catch
        {
            if (database is not null) await database.DisposeAsync().ConfigureAwait(false);
            if (folderLock is not null) await folderLock.DisposeAsync().ConfigureAwait(false);
            throw;
        }
    }

    /// <summary>
    /// Invokes a function and waits for its end. A guest that is known to be quick runs on the calling thread, where that is
    /// the thread pool's and no output stream is given; otherwise on another. Cancelling stops the guest. Everything that a tenant or a
    /// guest does wrong is in the result.
    /// </summary>
    public ValueTask<InvocationResult> InvokeAsync(InvocationRequest request, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(request);
        return _invoker.InvokeAsync(request, cancellation);
    }

    /// <summary>What tenants that have done something lately have used in this process, and what they hold.</summary>
    public IReadOnlyList<TenantUsage> MeasureTenants()
    {
        var code = _modules.MeasureTenants();
        List<TenantUsage> result = [];
        foreach (var (id, tenant) in _tenants.All)
        {
            tenant.CountDeviceUse();
            var (running, queued, bytes) = _admission.Measure(tenant.Lane);
            result.Add(new TenantUsage
            {
                Tenant = id,
                Total = tenant.Meter.Total,
                RunningInvocations = running,
                QueuedInvocations = queued,
                ReservedMemoryBytes = bytes,
                DeviceBytes = tenant.Device.MemoryBytes,
                CodeBytes = code.GetValueOrDefault(id),
            });
        }
        return result;
    }

    /// <summary>Bytes that a tenant stores: modules by version, kernels, payloads of jobs.</summary>
    /// <exception cref="StateUnavailableException">The database can't be reached.</exception>
    public Task<long> MeasureStorageAsync(TenantId tenant, CancellationToken cancellation = default) =>
        Storage.MeasureAsync(tenant, cancellation);

    /// <summary>
    /// Takes no more work, and waits until what runs has ended, at most for a time; what runs then is stopped. Jobs
    /// that were stopped so run again when the state is opened next.
    /// </summary>
    public async Task DrainAsync(TimeSpan limit)
    {
        var idle = _admission.CloseAsync();
        await _runner.StopTakingAsync().ConfigureAwait(false);
        try
        {
            await idle.WaitAsync(limit, Options.Time).ConfigureAwait(false);
        }
        catch (TimeoutException)
        {
            _deadlines.StopAll(RuntimeErrorKind.ShuttingDown);
            await idle.ConfigureAwait(false);
        }
    }

    /// <summary>Stops at once: guests that run are stopped, and what is acknowledged is kept.</summary>
    public async ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref _isDisposed, 1) != 0) return;
        await DrainAsync(TimeSpan.Zero).ConfigureAwait(false);
        await _runner.DisposeAsync().ConfigureAwait(false);
        await _maintenance.DisposeAsync().ConfigureAwait(false);
        try
        {
            await _maintenance.FlushUsageAsync(CancellationToken.None).ConfigureAwait(false);
        }
        catch (StateUnavailableException)
        {
            // The end waits for no database: the last seconds of the accounts are lost, as in a crash.
        }
        _deadlines.Dispose();
        _modules.Dispose();
        _audit.Dispose();
        await _database.DisposeAsync().ConfigureAwait(false);
        if (_folderLock is not null) await _folderLock.DisposeAsync().ConfigureAwait(false);
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
