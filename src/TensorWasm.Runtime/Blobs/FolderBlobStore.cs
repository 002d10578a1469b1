using System.Runtime.CompilerServices;
using System.Security.Cryptography;

namespace TensorWasm.Runtime;

/// <summary>
/// Blobs as files of a folder, named by their digest. A blob is written under another name, flushed to the disk and
/// renamed, so none is ever seen half written; the time of its last use is the file's.
/// </summary>
internal sealed class FolderBlobStore : IBlobStore
{
    private const string Temporary = "temporary";
    private static readonly TimeSpan AbandonedAfter = TimeSpan.FromHours(1);
    private readonly string _folder;
    private readonly TimeProvider _time;

    /// <exception cref="IOException">The folder can't be made.</exception>
    internal FolderBlobStore(string folder, TimeProvider time)
    {
        _folder = folder;
        _time = time;
        var temporary = Directory.CreateDirectory(Path.Combine(folder, Temporary));
        foreach (var file in temporary.EnumerateFiles())
        {
            // What a process that died was writing is of no use; what another process is writing is young.
            if (file.LastWriteTimeUtc < DateTime.UtcNow - AbandonedAfter) file.Delete();
        }
    }

    public async Task<Digest> PutAsync(ReadOnlyMemory<byte> bytes, CancellationToken cancellation = default)
    {
        var digest = Digest.Of(bytes.Span);
        var path = PathOf(digest);
        if (IsIntact(path, digest, bytes.Length))
        {
            File.SetLastWriteTimeUtc(path, _time.GetUtcNow().UtcDateTime);
            return digest;
        }
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        var temporary = Path.Combine(_folder, Temporary, Guid.NewGuid().ToString("N"));
        try
        {
            using var file = File.OpenHandle(
                temporary, FileMode.CreateNew, FileAccess.Write, FileShare.Read | FileShare.Delete);
            await RandomAccess.WriteAsync(file, bytes, 0, cancellation).ConfigureAwait(false);
            RandomAccess.FlushToDisk(file);
            File.SetLastWriteTimeUtc(file, _time.GetUtcNow().UtcDateTime);
            File.Move(temporary, path, overwrite: true);
            // The second flush is for the name: journaling file systems log a file's new name with its other changes.
            RandomAccess.FlushToDisk(file);
            return digest;
        }
        catch
        {
            File.Delete(temporary);
            throw;
        }
    }

    public async Task<byte[]?> GetAsync(Digest digest, CancellationToken cancellation = default)
    {
        byte[] bytes;
        try
        {
            bytes = await File.ReadAllBytesAsync(PathOf(digest), cancellation).ConfigureAwait(false);
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            return null;
        }
        return Digest.Of(bytes) == digest
            ? bytes
            : throw new InvalidDataException($"the blob {digest} does not match its digest: the file was damaged");
    }

    public Task<bool> ContainsAsync(Digest digest, CancellationToken cancellation = default) =>
        Task.FromResult(File.Exists(PathOf(digest)));

    public Task<bool> RemoveAsync(Digest digest, DateTimeOffset before, CancellationToken cancellation = default)
    {
        var file = new FileInfo(PathOf(digest));
        if (!file.Exists || file.LastWriteTimeUtc >= before.UtcDateTime) return Task.FromResult(false);
        file.Delete();
        return Task.FromResult(true);
    }

    public async IAsyncEnumerable<Digest> ListAsync([EnumeratorCancellation] CancellationToken cancellation = default)
    {
        await Task.CompletedTask.ConfigureAwait(false);
        foreach (var folder in Directory.EnumerateDirectories(_folder))
        {
            foreach (var file in Directory.EnumerateFiles(folder))
            {
                cancellation.ThrowIfCancellationRequested();
                if (Digest.TryParse(Path.GetFileName(folder) + Path.GetFileName(file), null, out var digest))
                {
                    yield return digest;
                }
            }
        }
    }

    /// <summary>A damaged file is written anew.</summary>
    private static bool IsIntact(string path, Digest digest, long length)
    {
        try
        {
            using var stream = File.OpenRead(path);
            return stream.Length == length && Digest.FromHash(SHA256.HashData(stream)) == digest;
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            return false;
        }
    }

    private string PathOf(Digest digest) => Path.Combine(_folder, digest.Text[..2], digest.Text[2..]);
}
