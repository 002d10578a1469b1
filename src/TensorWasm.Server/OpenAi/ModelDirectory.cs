using System.Collections.Concurrent;
using TensorWasm.Runtime;

namespace TensorWasm.Server;

/// <summary>
/// The models of each tenant: functions whose latest version has the label <c>model</c>, and those of the configuration's
/// map. A function is nobody's model but its own tenant's.
/// </summary>
internal sealed class ModelDirectory(FunctionService functions, string map, TimeProvider time)
{
    internal const string Label = "model";

    private const int MaxTenants = 10_000;

    /// <summary>How soon a change is seen.</summary>
    private static readonly TimeSpan Age = TimeSpan.FromSeconds(1);

    /// <summary>An unknown name leads to another look at once: what was just deployed must be found.</summary>
    private static readonly TimeSpan MissAge = TimeSpan.Zero;

    private readonly IReadOnlyList<(string Name, FunctionReference Function)> _configured = ReadMap(map);
    private readonly ConcurrentDictionary<TenantId, Known> _known = new();

    /// <summary>A tenant's model of that name; null if it has none.</summary>
    /// <exception cref="RefusalException">The functions can't be read.</exception>
    internal async ValueTask<Model?> FindAsync(TenantId tenant, string name, CancellationToken token)
    {
        var models = await ListAsync(tenant, Age, token).ConfigureAwait(false);
        return models.FirstOrDefault(model => model.Name == name)
            ?? (await ListAsync(tenant, MissAge, token).ConfigureAwait(false)).FirstOrDefault(model => model.Name == name);
    }

    /// <summary>A tenant's models, by name.</summary>
    /// <exception cref="RefusalException">The functions can't be read.</exception>
    internal ValueTask<IReadOnlyList<Model>> ListAsync(TenantId tenant, CancellationToken token) =>
        ListAsync(tenant, MissAge, token);

    private async ValueTask<IReadOnlyList<Model>> ListAsync(TenantId tenant, TimeSpan age, CancellationToken token)
    {
        if (_known.TryGetValue(tenant, out var known) && time.GetElapsedTime(known.Read) < age) return known.Models;
        var now = time.GetTimestamp();
        var models = new SortedDictionary<string, Model>(StringComparer.Ordinal);
        Guid? after = null;
        while (true)
        {
            var page = Value(await functions.ListAsync(tenant, null, after, FunctionService.MaxPage, token).ConfigureAwait(false));
            foreach (var function in page)
            {
                var version = await functions.FindVersionAsync(tenant, function.Id, token).ConfigureAwait(false);
                if (version.Succeeded && version.Value.Settings.Labels.TryGetValue(Label, out var name))
                {
                    models[name] = new(name, function.Id, version.Value);
                }
            }
            if (page.Count < FunctionService.MaxPage) break;
            after = page[^1].Id;
        }
        foreach (var (name, function) in _configured)
        {
            var version = await functions.FindVersionAsync(tenant, function, token).ConfigureAwait(false);
            if (version.Succeeded) models[name] = new(name, function, version.Value);
        }
        if (_known.Count >= MaxTenants) _known.Clear();
        var found = new Known([.. models.Values], now);
        _known[tenant] = found;
        return found.Models;
    }

    private static T Value<T>(Outcome<T> outcome) =>
        outcome.Succeeded ? outcome.Value : throw new RefusalException(RuntimeErrors.Of(outcome.Error));

    private static List<(string, FunctionReference)> ReadMap(string map)
    {
        var models = new List<(string, FunctionReference)>();
        foreach (var entry in map.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries))
        {
            var colon = entry.LastIndexOf(':');
            var at = entry.IndexOf('@', colon + 1);
            var id = at < 0 ? entry[(colon + 1)..] : entry[(colon + 1)..at];
            if (colon <= 0 || !Guid.TryParse(id, out var function))
            {
                throw new FormatException($"models: '{entry}' is not a name, a colon and a function's id");
            }
            models.Add((entry[..colon], new(function, at < 0 ? null : entry[(at + 1)..])));
        }
        return models;
    }

    private sealed record Known(IReadOnlyList<Model> Models, long Read);
}
