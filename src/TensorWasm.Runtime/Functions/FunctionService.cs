namespace TensorWasm.Runtime;

/// <summary>
/// Deploys and changes functions. Of another tenant's functions it knows nothing: they are not found.
/// </summary>
public sealed class FunctionService
{
    /// <summary>Most functions of one page.</summary>
    public const int MaxPage = 1000;

    private const int MaxAliases = 64;

    private readonly IFunctionStore _store;
    private readonly StorageMeter _storage;
    private readonly IBlobStore _blobs;
    private readonly ModuleCache _modules;
    private readonly TenantDirectory _tenants;
    private readonly FunctionDirectory _directory;
    private readonly TimeProvider _time;

    internal FunctionService(
        IFunctionStore store, StorageMeter storage, IBlobStore blobs, ModuleCache modules, TenantDirectory tenants,
        FunctionDirectory directory, TimeProvider time)
    {
        _store = store;
        _storage = storage;
        _blobs = blobs;
        _modules = modules;
        _tenants = tenants;
        _directory = directory;
        _time = time;
    }

    /// <summary>
    /// Deploys a module as a new function. When it returns, the function is durable, compiled and ready.
    /// </summary>
    public Task<Outcome<Deployment>> DeployAsync(DeployRequest request, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(request);
        return RunAsync<Deployment>(request.Tenant, async tenant =>
        {
            var quota = tenant.Record.Quota;
            if (Names.CheckFunction(request.Name) is { } invalid) return invalid;
            if (CheckSettings(request.Settings, quota) is { } wrong) return wrong;
            var compiled = await CompileAsync(tenant.Record, request.Module, cancellation).ConfigureAwait(false);
            if (!compiled.Succeeded) return compiled.Error;
            var digest = compiled.Value;
            if (request.ReuseIdentical
                && await FindIdenticalAsync(request, digest, cancellation).ConfigureAwait(false) is { } same)
            {
                return same;
            }
            var (functions, _) = await _store.MeasureAsync(request.Tenant, cancellation).ConfigureAwait(false);
            if (functions >= quota.MaxFunctions) return Exceeded($"{functions} functions (MaxFunctions)");
            if (await _storage.CheckAsync(request.Tenant, quota, request.Module.Length, cancellation)
                .ConfigureAwait(false)
                is { } full)
            {
                return full;
            }
            await _blobs.PutAsync(request.Module, cancellation).ConfigureAwait(false);
            var now = _time.GetUtcNow();
            var function = new FunctionRecord
            {
                Id = Guid.CreateVersion7(now),
                Tenant = request.Tenant,
                Name = request.Name,
                LatestVersion = 1,
                CreatedAt = now,
                UpdatedAt = now,
            };
            var version = new FunctionVersion
            {
                Function = function.Id,
                Number = 1,
                Module = digest,
                ModuleBytes = request.Module.Length,
                Settings = request.Settings,
                CreatedAt = now,
            };
            await _store.AddAsync(function, version, cancellation).ConfigureAwait(false);
            return new Deployment(function, version, true);
        }, cancellation);
    }

    /// <summary>
    /// Changes a function; a new module or new settings make a new version, which is the latest then.
    /// </summary>
    public Task<Outcome<Deployment>> UpdateAsync(UpdateRequest request, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(request);
        return RunAsync<Deployment>(request.Tenant, async tenant =>
        {
            var quota = tenant.Record.Quota;
            if (request.Name is { } name && Names.CheckFunction(name) is { } invalid) return invalid;
            if (request.Settings is { } settings && CheckSettings(settings, quota) is { } wrong) return wrong;
            var function = await _store.FindAsync(request.Tenant, request.Function, cancellation).ConfigureAwait(false);
            if (function is null) return FunctionDirectory.NotFound;
            var latest = await _store.FindVersionAsync(function.Id, function.LatestVersion, cancellation)
                .ConfigureAwait(false);
            if (latest is null) return FunctionDirectory.NotFound;
            var now = _time.GetUtcNow();
            if (request.Name is { } newName && newName != function.Name)
            {
                await _store.RenameAsync(function.Id, newName, now, cancellation).ConfigureAwait(false);
                _directory.OnChanged(function.Id);
            }
            var made = await AddVersionAsync(tenant.Record, request, latest, now, cancellation).ConfigureAwait(false);
            if (!made.Succeeded) return made.Error;
            function = await _store.FindAsync(tenant.Record.Id, function.Id, cancellation).ConfigureAwait(false);
            return function is null
                ? FunctionDirectory.NotFound
                : new Deployment(function, made.Value, made.Value.Number != latest.Number);
        }, cancellation);
    }

    /// <summary>
    /// Removes a function with all its versions. Invocations that run go on; jobs that wait will fail.
    /// </summary>
    public Task<Outcome<FunctionRecord>> RemoveAsync(
        TenantId tenant, Guid function, CancellationToken cancellation = default) =>
        RunAsync<FunctionRecord>(tenant, async _ =>
        {
            var found = await _store.FindAsync(tenant, function, cancellation).ConfigureAwait(false);
            if (found is null || !await _store.RemoveAsync(function, cancellation).ConfigureAwait(false))
            {
                return FunctionDirectory.NotFound;
            }
            _directory.OnChanged(function);
            return found;
        }, cancellation);

    /// <summary>A function.</summary>
    public Task<Outcome<FunctionRecord>> FindAsync(
        TenantId tenant, Guid function, CancellationToken cancellation = default) =>
        RuntimeFailure.GuardAsync<FunctionRecord>(async () =>
            await _store.FindAsync(tenant, function, cancellation).ConfigureAwait(false) is { } found
                ? found
                : FunctionDirectory.NotFound);

    /// <summary>The version of a function that a reference means.</summary>
    public Task<Outcome<FunctionVersion>> FindVersionAsync(
        TenantId tenant, FunctionReference reference, CancellationToken cancellation = default) =>
        RuntimeFailure.GuardAsync<FunctionVersion>(async () =>
        {
            var found = await _directory.ResolveAsync(tenant, reference, cancellation).ConfigureAwait(false);
            return found.Succeeded ? found.Value.Version : found.Error;
        });

    /// <summary>A tenant's functions in the order in which they were deployed.</summary>
    /// <param name="tenant">The tenant.</param>
    /// <param name="name">Only functions of that name; null for all.</param>
    /// <param name="after">The last function of the page before; null for the first page.</param>
    /// <param name="count">At most so many, and at most <see cref="MaxPage"/>.</param>
    /// <param name="cancellation">Ends the wait.</param>
    public Task<Outcome<IReadOnlyList<FunctionRecord>>> ListAsync(
        TenantId tenant, string? name = null, Guid? after = null, int count = 100,
        CancellationToken cancellation = default) =>
        RuntimeFailure.GuardAsync(async () => Listed(await _store
            .ListAsync(tenant, name, after, Math.Clamp(count, 0, MaxPage), cancellation).ConfigureAwait(false)));

    /// <summary>A function's versions, the latest first.</summary>
    public Task<Outcome<IReadOnlyList<FunctionVersion>>> ListVersionsAsync(
        TenantId tenant, Guid function, CancellationToken cancellation = default) =>
        RuntimeFailure.GuardAsync<IReadOnlyList<FunctionVersion>>(async () =>
            await _store.FindAsync(tenant, function, cancellation).ConfigureAwait(false) is null
                ? FunctionDirectory.NotFound
                : Listed(await _store.ListVersionsAsync(function, cancellation).ConfigureAwait(false)));

    /// <summary>The bytes of a version's module.</summary>
    public Task<Outcome<byte[]>> ReadModuleAsync(
        TenantId tenant, FunctionReference reference, CancellationToken cancellation = default) =>
        RuntimeFailure.GuardAsync<byte[]>(async () =>
        {
            var found = await _directory.ResolveAsync(tenant, reference, cancellation).ConfigureAwait(false);
            if (!found.Succeeded) return found.Error;
            return await _blobs.GetAsync(found.Value.Version.Module, cancellation).ConfigureAwait(false) is { } bytes
                ? bytes
                : new RuntimeError(RuntimeErrorKind.BlobUnavailable, "The module's bytes are missing.");
        });

    /// <summary>Names a version, or where the version is null, forgets the name.</summary>
    public Task<Outcome<FunctionRecord>> SetAliasAsync(
        TenantId tenant, Guid function, string alias, int? version, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(alias);
        return RunAsync<FunctionRecord>(tenant, async _ =>
        {
            if (Names.CheckAlias(alias) is { } invalid) return invalid;
            var found = await _store.FindAsync(tenant, function, cancellation).ConfigureAwait(false);
            if (found is null) return FunctionDirectory.NotFound;
            if (version is null && !found.Aliases.ContainsKey(alias)) return FunctionDirectory.VersionNotFound;
            if (version is not null && !found.Aliases.ContainsKey(alias) && found.Aliases.Count >= MaxAliases)
            {
                return Exceeded($"{MaxAliases} aliases of one function");
            }
            var isSet = await _store.SetAliasAsync(function, alias, version, _time.GetUtcNow(), cancellation)
                .ConfigureAwait(false);
            if (!isSet) return FunctionDirectory.VersionNotFound;
            _directory.OnChanged(function);
            found = await _store.FindAsync(tenant, function, cancellation).ConfigureAwait(false);
            return found is null ? FunctionDirectory.NotFound : found;
        }, cancellation);
    }

    private static Outcome<IReadOnlyList<T>> Listed<T>(IReadOnlyList<T> items) =>
        items is T[] array ? array : [.. items];

    private static RuntimeError Exceeded(string what) =>
        new(RuntimeErrorKind.QuotaExceeded, $"The tenant has {what}, which is as many as it may.");

    private static RuntimeError? CheckSettings(FunctionSettings settings, TenantQuota quota) =>
        settings.Validate(quota) is { Count: > 0 } errors
            ? new RuntimeError(RuntimeErrorKind.InvalidSettings, string.Join("; ", errors) + ".")
            : null;

    /// <summary>A change made on a tenant's behalf; its changes come one after another.</summary>
    private async Task<Outcome<T>> RunAsync<T>(
        TenantId id, Func<TenantState, Task<Outcome<T>>> change, CancellationToken cancellation)
    {
        try
        {
            var tenant = await _tenants.GetAsync(id, cancellation).ConfigureAwait(false);
            if (!tenant.Succeeded) return tenant.Error;
            if (tenant.Value.Record.Status == TenantStatus.Suspended)
            {
                return new RuntimeError(RuntimeErrorKind.TenantSuspended, "The tenant is suspended.");
            }
            await tenant.Value.Changes.WaitAsync(cancellation).ConfigureAwait(false);
            try
            {
                return await change(tenant.Value).ConfigureAwait(false);
            }
            finally
            {
                tenant.Value.Changes.Release();
            }
        }
        catch (Exception e) when (RuntimeFailure.Of(e) is { } error)
        {
            return error;
        }
    }

    private async Task<Outcome<Digest>> CompileAsync(
        TenantRecord tenant, ReadOnlyMemory<byte> module, CancellationToken cancellation)
    {
        if (module.Length > tenant.Quota.MaxModuleBytes)
        {
            return new RuntimeError(
                RuntimeErrorKind.ModuleTooLarge,
                $"The module has {module.Length} bytes, but the tenant may deploy {tenant.Quota.MaxModuleBytes}.");
        }
        var digest = Digest.Of(module.Span);
        await _modules.GetAsync(digest, tenant.Id, module, cancellation).ConfigureAwait(false);
        return digest;
    }

    private async Task<Deployment?> FindIdenticalAsync(
        DeployRequest request, Digest digest, CancellationToken cancellation)
    {
        var settings = State.StateJson.Write(request.Settings);
        var named = await _store.ListAsync(request.Tenant, request.Name, null, MaxPage, cancellation)
            .ConfigureAwait(false);
        foreach (var function in named)
        {
            var version = await _store.FindVersionAsync(function.Id, function.LatestVersion, cancellation)
                .ConfigureAwait(false);
            if (version?.Module == digest && State.StateJson.Write(version.Settings) == settings)
            {
                return new Deployment(function, version, false);
            }
        }
        return null;
    }

    private async Task<Outcome<FunctionVersion>> AddVersionAsync(
        TenantRecord tenant, UpdateRequest request, FunctionVersion latest, DateTimeOffset now,
        CancellationToken cancellation)
    {
        var digest = latest.Module;
        var length = latest.ModuleBytes;
        var settings = request.Settings ?? latest.Settings;
        if (request.Module is { } module)
        {
            var compiled = await CompileAsync(tenant, module, cancellation).ConfigureAwait(false);
            if (!compiled.Succeeded) return compiled.Error;
            digest = compiled.Value;
            length = module.Length;
        }
        if (digest == latest.Module && State.StateJson.Write(settings) == State.StateJson.Write(latest.Settings))
        {
            return latest;
        }
        if (await _storage.CheckAsync(tenant.Id, tenant.Quota, length, cancellation).ConfigureAwait(false) is { } full)
        {
            return full;
        }
        if (request.Module is { } stored) await _blobs.PutAsync(stored, cancellation).ConfigureAwait(false);
        var version = new FunctionVersion
        {
            Function = latest.Function,
            Number = latest.Number + 1,
            Module = digest,
            ModuleBytes = length,
            Settings = settings,
            CreatedAt = now,
        };
        var isAdded = await _store.AddVersionAsync(version, tenant.Quota.MaxVersions, cancellation)
            .ConfigureAwait(false);
        _directory.OnChanged(latest.Function);
        return isAdded
            ? version
            : new RuntimeError(RuntimeErrorKind.Conflict, "The function was changed or removed at the same time.");
    }
}
