namespace TensorWasm.Runtime;

/// <summary>Keeps tokens. A change is durable when the method returns.</summary>
public interface ITokenStore
{
    /// <summary>The token of a hash, valid or not; null if there is none.</summary>
    /// <exception cref="StateUnavailableException">The database can't be reached.</exception>
    public Task<TokenRecord?> FindByHashAsync(ReadOnlyMemory<byte> hash, CancellationToken cancellation = default);

    /// <summary>The token of an identity, valid or not; null if there is none.</summary>
    /// <exception cref="StateUnavailableException">The database can't be reached.</exception>
    public Task<TokenRecord?> FindAsync(Guid id, CancellationToken cancellation = default);

    /// <summary>Tokens in the order in which they were made.</summary>
    /// <param name="after">The last token of the page before; null for the first page.</param>
    /// <param name="count">At most so many.</param>
    /// <param name="cancellation">Ends the wait.</param>
    /// <exception cref="StateUnavailableException">The database can't be reached.</exception>
    public Task<IReadOnlyList<TokenRecord>> ListAsync(Guid? after, int count, CancellationToken cancellation = default);

    /// <summary>Adds a token; false if there is one of that identity or hash.</summary>
    /// <exception cref="StateUnavailableException">The database can't be written.</exception>
    public Task<bool> AddAsync(TokenRecord token, CancellationToken cancellation = default);

    /// <summary>Revokes a token, for good; false if there is none. The first revocation's time stays.</summary>
    /// <exception cref="StateUnavailableException">The database can't be written.</exception>
    public Task<bool> RevokeAsync(Guid id, DateTimeOffset time, CancellationToken cancellation = default);

    /// <summary>
    /// Lets a token end at a time, unless it ends before; false if there is none. For rotation with overlap.
    /// </summary>
    /// <exception cref="StateUnavailableException">The database can't be written.</exception>
    public Task<bool> ExpireAsync(Guid id, DateTimeOffset time, CancellationToken cancellation = default);
}
