using System.Collections.Frozen;
using System.Security.Cryptography;
using TensorWasm.Runtime;

namespace TensorWasm.Server;

/// <summary>
/// The tokens in force: those of the store and those of the configuration. A look-up reads one immutable table; a
/// change of this process is in the table before it is answered, one of another process within the refresh interval.
/// </summary>
internal sealed class TokenRegistry : IDisposable
{
    private const int PageSize = 1_000;

    private readonly ITokenStore _store;
    // Each thread has its own; making one costs more than hashing with it.
    private readonly ThreadLocal<IncrementalHash> _hashers;
    private readonly TimeProvider _time;
    private readonly Dictionary<TokenHash, Caller> _configured = [];
    private readonly SemaphoreSlim _gate = new(1, 1);
    private volatile Table _table = Table.Of([]);

    internal TokenRegistry(ITokenStore store, ServerKey key, TimeProvider time)
    {
        (_store, _time) = (store, time);
        var derived = key.Derive("tokens");
        _hashers = new(() => IncrementalHash.CreateHMAC(HashAlgorithmName.SHA256, derived));
    }

    /// <summary>Whether no token is configured and none is stored.</summary>
    internal bool IsEmpty => _configured.Count == 0 && _table.ByHash.Count == 0;

    /// <summary>All tokens of the store, in the order in which they were made.</summary>
    internal IReadOnlyList<TokenRecord> Tokens => _table.All;

    /// <summary>Adds a token of the configuration.</summary>
    /// <exception cref="FormatException">It is too long.</exception>
    internal void Add(string token, string id, TenantScope scope, Permissions permissions)
    {
        if (!TokenHash.TryCompute(_hashers.Value!, token, out var hash))
        {
            throw new FormatException($"API token {id} is longer than {TokenHash.MaxTokenChars} characters");
        }
        var known = _configured.GetValueOrDefault(hash);
        _configured[hash] = new Caller
        {
            Kind = CallerKind.Bearer,
            TokenId = known?.TokenId ?? id,
            Scope = known is null || scope.Covers(known.Scope) ? scope : known.Scope,
            Permissions = permissions | (known?.Permissions ?? Permissions.None),
        };
    }

    /// <summary>Who presents that token; null if it is not accepted.</summary>
    internal Caller? Find(ReadOnlySpan<char> token)
    {
        if (!TokenHash.TryCompute(_hashers.Value!, token, out var hash)) return null;
        if (!_table.ByHash.TryGetValue(hash, out var caller)) return _configured.GetValueOrDefault(hash);
        return caller.ExpiresAt is { } end && end <= _time.GetUtcNow() ? null : caller;
    }

    /// <summary>A token of the store; null if there is none of that id.</summary>
    internal TokenRecord? Get(Guid id) => _table.ById.GetValueOrDefault(id);

    /// <summary>Reads the store again.</summary>
    /// <exception cref="StateUnavailableException">The store can't be reached; the table stays as it was.</exception>
    internal Task RefreshAsync(CancellationToken token) => ChangeAsync(static () => Task.FromResult(true), token);

    /// <summary>Makes a token.</summary>
    /// <returns>What is stored, and the token's text, which nobody can get again.</returns>
    /// <exception cref="StateUnavailableException">The store can't be written.</exception>
    internal async Task<(TokenRecord Stored, string Text)> CreateAsync(
        string name, TenantScope scope, IReadOnlyList<string> actions, DateTimeOffset? expiresAt, Guid? replaces,
        CancellationToken token)
    {
        var text = TokenText.Create();
        _ = TokenHash.TryCompute(_hashers.Value!, text, out var hash);
        var created = new TokenRecord
        {
            Id = Guid.CreateVersion7(_time.GetUtcNow()),
            Name = name,
            Hash = hash.ToArray(),
            Tenants = scope.IsAll ? null : [.. scope.Tenants.Select(tenant => new TenantId(tenant))],
            Actions = actions,
            CreatedAt = _time.GetUtcNow(),
            ExpiresAt = expiresAt,
            Replaces = replaces,
        };
        await ChangeAsync(() => _store.AddAsync(created, token), token).ConfigureAwait(false);
        return (created, text);
    }

    /// <summary>Makes a token like another, which stays good for a while so that its users can change over.</summary>
    /// <returns>Null if there is no such token, or it is not in force any more.</returns>
    /// <exception cref="StateUnavailableException">The store can't be written.</exception>
    internal async Task<(TokenRecord Stored, string Text)?> RotateAsync(
        Guid id, TimeSpan overlap, CancellationToken token)
    {
        var now = _time.GetUtcNow();
        if (Get(id) is not { } old || !old.IsValidAt(now)) return null;
        var lifetime = old.ExpiresAt - old.CreatedAt;
        var successor = await CreateAsync(old.Name, ScopeOf(old), old.Actions, now + lifetime, old.Id, token)
            .ConfigureAwait(false);
        await ChangeAsync(() => _store.ExpireAsync(id, now + overlap, token), token).ConfigureAwait(false);
        return successor;
    }

    /// <summary>Ends a token at once.</summary>
    /// <returns>False if there is no such token.</returns>
    /// <exception cref="StateUnavailableException">The store can't be written.</exception>
    internal Task<bool> RevokeAsync(Guid id, CancellationToken token) =>
        ChangeAsync(() => _store.RevokeAsync(id, _time.GetUtcNow(), token), token);

    public void Dispose()
    {
        _hashers.Dispose();
        _gate.Dispose();
    }

    internal static TenantScope ScopeOf(TokenRecord record) =>
        record.Tenants is null ? TenantScope.All : TenantScope.Of(record.Tenants.Select(tenant => tenant.Value));

    private async Task<bool> ChangeAsync(Func<Task<bool>> change, CancellationToken token)
    {
        await _gate.WaitAsync(token).ConfigureAwait(false);
        try
        {
            var isChanged = await change().ConfigureAwait(false);
            // What was changed is read even if the client is gone: the next request must see it.
            _table = Table.Of(await ReadAsync().ConfigureAwait(false));
            return isChanged;
        }
        finally
        {
            _gate.Release();
        }
    }

    private async Task<List<TokenRecord>> ReadAsync()
    {
        var all = new List<TokenRecord>();
        while (true)
        {
            Guid? after = all.Count == 0 ? null : all[^1].Id;
            var page = await _store.ListAsync(after, PageSize).ConfigureAwait(false);
            all.AddRange(page);
            if (page.Count < PageSize) return all;
        }
    }

    private sealed record Table(
        IReadOnlyList<TokenRecord> All,
        FrozenDictionary<Guid, TokenRecord> ById,
        FrozenDictionary<TokenHash, Caller> ByHash)
    {
        internal static Table Of(IReadOnlyList<TokenRecord> tokens) => new(
            tokens,
            tokens.ToFrozenDictionary(known => known.Id),
            tokens.Where(known => known.RevokedAt is null && known.Hash.Length == TokenHash.Bytes).ToFrozenDictionary(
                known => TokenHash.Of(known.Hash.Span),
                known => new Caller
                {
                    Kind = CallerKind.Bearer,
                    TokenId = known.Id.ToString(),
                    Scope = ScopeOf(known),
                    Permissions = PermissionNames.Union(known.Actions),
                    ExpiresAt = known.ExpiresAt,
                }));
    }
}
