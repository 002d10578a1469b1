using System.Collections.Concurrent;
using System.Globalization;

namespace TensorWasm.Runtime;

/// <summary>
/// The functions that this process invokes. What is held is dropped at every change made here; where other processes
/// may change the store, it is also read again from time to time, and goes on being used while the store can't be
/// reached.
/// </summary>
internal sealed class FunctionDirectory(IFunctionStore store, TimeProvider time, TimeSpan freshness)
{
    /// <summary>Functions that are held; when there are more, all are read anew.</summary>
    private const int MaxEntries = 10_000;

    private readonly ConcurrentDictionary<Guid, Entry> _entries = [];
    private long _generation;

    /// <summary>The version that a reference means. Another tenant's function is as good as none.</summary>
    /// <exception cref="StateUnavailableException">The database can't be reached.</exception>
    internal async ValueTask<Outcome<(FunctionRecord Function, FunctionVersion Version)>> ResolveAsync(
        TenantId tenant, FunctionReference reference, CancellationToken cancellation)
    {
        var entry = await FindAsync(tenant, reference.Function, cancellation).ConfigureAwait(false);
        if (entry is null) return NotFound;
        var number = entry.Function.LatestVersion;
        if (reference.Qualifier is { } qualifier
            && !entry.Function.Aliases.TryGetValue(qualifier, out number)
            && !int.TryParse(qualifier, NumberStyles.None, CultureInfo.InvariantCulture, out number))
        {
            return VersionNotFound;
        }
        if (!entry.Versions.TryGetValue(number, out var version))
        {
            version = await store.FindVersionAsync(reference.Function, number, cancellation).ConfigureAwait(false);
            if (version is null)
            {
                // The latest version is missing only where the function went between the two reads.
                Drop(reference.Function);
                return reference.Qualifier is null ? NotFound : VersionNotFound;
            }
            entry.Versions.TryAdd(number, version);
        }
        return (entry.Function, version);
    }

    /// <summary>Reads a function anew at its next use.</summary>
    internal void Drop(Guid function) => _entries.TryRemove(function, out _);

    internal static RuntimeError NotFound { get; } =
        new(RuntimeErrorKind.FunctionNotFound, "There is no such function.");

    internal static RuntimeError VersionNotFound { get; } =
        new(RuntimeErrorKind.VersionNotFound, "The function has no such version or alias.");

    // What is held counts for its owner alone: another tenant's request goes to the store as one for nothing does, so the
    // time that it takes does not tell them apart.
    private async ValueTask<Entry?> FindAsync(TenantId tenant, Guid id, CancellationToken cancellation)
    {
        var isHeld = _entries.TryGetValue(id, out var entry) && entry.Function.Tenant == tenant;
        if (isHeld
            && (freshness == Timeout.InfiniteTimeSpan || time.GetElapsedTime(entry!.Loaded) < freshness))
        {
            return entry;
        }
        FunctionRecord? function;
        var generation = Volatile.Read(ref _generation);
        try
        {
            function = await store.FindAsync(tenant, id, cancellation).ConfigureAwait(false);
        }
        catch (StateUnavailableException) when (isHeld)
        {
            return entry;
        }
        if (function is null)
        {
            if (isHeld) Drop(id);
            return null;
        }
        var fresh = new Entry(function, time.GetTimestamp());
        if (isHeld)
        {
            // Versions never change.
            foreach (var pair in entry!.Versions) fresh.Versions.TryAdd(pair.Key, pair.Value);
        }
        if (_entries.Count >= MaxEntries) _entries.Clear();
        // What was read before a change made here must not stay.
        if (generation == Volatile.Read(ref _generation)) _entries[id] = fresh;
        return fresh;
    }

    /// <summary>Says that a tenant was removed, and its functions with it.</summary>
    internal void OnTenantRemoved()
    {
        Interlocked.Increment(ref _generation);
        _entries.Clear();
    }

    /// <summary>Says that a change of a function was stored.</summary>
    internal void OnChanged(Guid function)
    {
        Interlocked.Increment(ref _generation);
        Drop(function);
    }

    private sealed class Entry(FunctionRecord function, long loaded)
    {
        internal FunctionRecord Function { get; } = function;

        internal long Loaded { get; } = loaded;

        internal ConcurrentDictionary<int, FunctionVersion> Versions { get; } = [];
    }
}
