using TensorWasm.Engine;
using TensorWasm.Wasm;

namespace TensorWasm.Runtime;

/// <summary>
/// Compiled modules by the digest of their bytes, whoever deployed them. Each is compiled once however many ask at the
/// same time; when all together take too much, those go that were not used for longest. Invocations that run keep what
/// they use.
/// </summary>
internal sealed class ModuleCache : IDisposable
{
    private readonly WasmEngine _engine;
    private readonly IBlobStore _blobs;
    private readonly long _maxBytes;
    private readonly Lock _lock = new();
    private readonly Dictionary<Digest, Entry> _entries = [];
    private readonly SemaphoreSlim _compilers;
    private long _clock;

    internal ModuleCache(WasmEngine engine, IBlobStore blobs, long maxBytes, int maxCompilers)
    {
        _engine = engine;
        _blobs = blobs;
        _maxBytes = maxBytes;
        _compilers = new SemaphoreSlim(maxCompilers);
    }

    /// <summary>Bytes that the cached modules take.</summary>
    internal long Bytes { get; private set; }

    /// <summary>Modules that are cached.</summary>
    internal int Count
    {
        get
        {
            lock (_lock) return _entries.Count;
        }
    }

    /// <summary>How many modules were compiled.</summary>
    internal long Compilations { get; private set; }

    /// <summary>How many modules were dropped to make room.</summary>
    internal long Evictions { get; private set; }

    /// <summary>The module at once if it is cached; otherwise null.</summary>
    internal CompiledModule? TryGet(Digest digest, TenantId tenant)
    {
        lock (_lock)
        {
            if (!_entries.TryGetValue(digest, out var entry) || !entry.Task.IsCompletedSuccessfully) return null;
            Use(entry, tenant);
            return entry.Task.Result;
        }
    }

    /// <summary>The module, compiled from its bytes or from the blob store where it is not cached.</summary>
    /// <param name="digest">The digest of its bytes.</param>
    /// <param name="tenant">On whose behalf.</param>
    /// <param name="bytes">Its bytes where they are at hand.</param>
    /// <param name="cancellation">Ends the wait, not the compilation.</param>
    /// <exception cref="WasmException">The module is malformed or invalid.</exception>
    /// <exception cref="UnsupportedFeatureException">
    /// The module uses a feature that the engine does not run.
    /// </exception>
    /// <exception cref="IOException">The blob can't be read, or there is none.</exception>
    /// <exception cref="InvalidDataException">The blob is damaged.</exception>
    internal async Task<CompiledModule> GetAsync(
        Digest digest, TenantId tenant, ReadOnlyMemory<byte>? bytes, CancellationToken cancellation)
    {
        Entry entry;
        lock (_lock)
        {
            if (!_entries.TryGetValue(digest, out entry!))
            {
                // Off this thread: compiling is long, and the lock is held.
                entry = new Entry(Task.Run(() => CompileAsync(digest, bytes), CancellationToken.None));
                _entries.Add(digest, entry);
            }
            Use(entry, tenant);
        }
        try
        {
            var module = await entry.Task.WaitAsync(cancellation).ConfigureAwait(false);
            Account(digest, entry, module);
            return module;
        }
        catch
        {
            if (entry.Task.IsFaulted) Forget(digest, entry);
            throw;
        }
    }

    /// <summary>Bytes of the cached modules that each tenant has used.</summary>
    internal Dictionary<TenantId, long> MeasureTenants()
    {
        Dictionary<TenantId, long> result = [];
        lock (_lock)
        {
            foreach (var entry in _entries.Values)
            {
                foreach (var tenant in entry.Tenants) result[tenant] = result.GetValueOrDefault(tenant) + entry.Bytes;
            }
        }
        return result;
    }

    public void Dispose() => _compilers.Dispose();

    private async Task<CompiledModule> CompileAsync(Digest digest, ReadOnlyMemory<byte>? bytes)
    {
        var wasm = bytes ?? await _blobs.GetAsync(digest).ConfigureAwait(false)
            ?? throw new IOException($"there is no blob {digest}");
        await _compilers.WaitAsync().ConfigureAwait(false);
        try
        {
            var module = _engine.Compile(wasm);
            lock (_lock) Compilations++;
            return new CompiledModule(digest, module, GuestImports.CreateLinker(_engine, module), wasm.Length);
        }
        finally
        {
            _compilers.Release();
        }
    }

    private void Use(Entry entry, TenantId tenant)
    {
        entry.LastUse = ++_clock;
        if (entry.LastTenant == tenant && entry.Tenants.Count > 0) return;
        entry.LastTenant = tenant;
        entry.Tenants.Add(tenant);
    }

    private void Account(Digest digest, Entry entry, CompiledModule module)
    {
        lock (_lock)
        {
            if (entry.Bytes > 0 || _entries.GetValueOrDefault(digest) != entry) return;
            entry.Bytes = module.CodeBytes;
            Bytes += entry.Bytes;
            while (Bytes > _maxBytes && Oldest(entry) is { } oldest)
            {
                _entries.Remove(oldest.Key);
                Bytes -= oldest.Value.Bytes;
                Evictions++;
            }
        }
    }

    private KeyValuePair<Digest, Entry>? Oldest(Entry except)
    {
        KeyValuePair<Digest, Entry>? oldest = null;
        foreach (var pair in _entries)
        {
            if (pair.Value == except || pair.Value.Bytes == 0) continue;
            if (oldest is null || pair.Value.LastUse < oldest.Value.Value.LastUse) oldest = pair;
        }
        return oldest;
    }

    private void Forget(Digest digest, Entry entry)
    {
        lock (_lock)
        {
            if (_entries.GetValueOrDefault(digest) == entry) _entries.Remove(digest);
        }
    }

    private sealed class Entry(Task<CompiledModule> task)
    {
        internal Task<CompiledModule> Task { get; } = task;

        internal HashSet<TenantId> Tenants { get; } = [];

        internal TenantId LastTenant { get; set; }

        internal long LastUse { get; set; }

        /// <summary>0 until the module is compiled.</summary>
        internal long Bytes { get; set; }
    }
}
