namespace TensorWasm.Runtime;

/// <summary>
/// Keeps bytes under their digest: modules, kernels, payloads. What was put is durable when the call returns, and what
/// is got has been compared with its digest.
/// </summary>
public interface IBlobStore
{
    /// <summary>Keeps bytes. Putting what is there already counts as a use of it.</summary>
    /// <exception cref="IOException">
    /// They can't be written, such as when the disk is full. Nothing of them is kept.
    /// </exception>
    public Task<Digest> PutAsync(ReadOnlyMemory<byte> bytes, CancellationToken cancellation = default);

    /// <summary>The bytes; null if there are none of that digest.</summary>
    /// <exception cref="InvalidDataException">They don't match their digest.</exception>
    /// <exception cref="IOException">They can't be read.</exception>
    public Task<byte[]?> GetAsync(Digest digest, CancellationToken cancellation = default);

    /// <summary>Whether there are bytes of that digest; they are not compared with it.</summary>
    /// <exception cref="IOException">The store can't be read.</exception>
    public Task<bool> ContainsAsync(Digest digest, CancellationToken cancellation = default);

    /// <summary>Removes the bytes, where they were last put before a time; false if there are none such.</summary>
    /// <exception cref="IOException">They can't be removed.</exception>
    public Task<bool> RemoveAsync(Digest digest, DateTimeOffset before, CancellationToken cancellation = default);

    /// <summary>All digests, in no order.</summary>
    /// <exception cref="IOException">The store can't be read.</exception>
    public IAsyncEnumerable<Digest> ListAsync(CancellationToken cancellation = default);
}
