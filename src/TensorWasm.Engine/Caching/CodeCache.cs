using System.Buffers;
using System.Reflection;
using System.Security.Cryptography;
using Microsoft.Win32.SafeHandles;

namespace TensorWasm.Engine.Caching;

/// <summary>
/// Compiled code on disk, a file an entry. Entries are written under another name and renamed, so none is ever seen half
/// written; each ends in a keyed digest, whose key only the owner can read, so that a torn or foreign file is not loaded
/// but ignored and replaced.
/// </summary>
internal sealed class CodeCache
{
    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite;
    private const string KeyFile = "key";
    private readonly string _folder;
    private readonly byte[] _key;

    private CodeCache(string folder, byte[] key)
    {
        _folder = folder;
        _key = key;
    }

    /// <summary>Opens or makes a cache.</summary>
    /// <exception cref="IOException">The folder can't be made or read.</exception>
    /// <exception cref="UnauthorizedAccessException">The folder is open to other users, so its content can't be trusted.</exception>
    internal static CodeCache Open(string folder)
    {
        if (OperatingSystem.IsWindows())
        {
            Directory.CreateDirectory(folder);
        }
        else
        {
            Directory.CreateDirectory(folder, OwnerOnly | UnixFileMode.UserExecute);
            if ((File.GetUnixFileMode(folder) & (UnixFileMode.GroupWrite | UnixFileMode.OtherWrite)) != 0)
            {
                throw new UnauthorizedAccessException(
                    $"the code cache {folder} can be written by other users; run: chmod go-w {folder}");
            }
        }
        return new CodeCache(folder, ReadOrCreateKey(Path.Combine(folder, KeyFile)));
    }

    /// <summary>Loads an entry; null where there is none that can be trusted.</summary>
    internal Assembly? TryLoad(string key)
    {
        try
        {
            var path = PathOf(key);
            if (!File.Exists(path)) return null;
            using var file = File.OpenHandle(path, options: FileOptions.SequentialScan);
            if (!IsIntact(file))
            {
                File.Delete(path);
                return null;
            }
            return new CachedLoadContext().LoadFromAssemblyPath(path);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or BadImageFormatException)
        {
            // A cache only ever saves work: whatever is wrong with it, the module is compiled.
            return null;
        }
    }

    /// <summary>Whether there is an entry; it may prove unusable when it is loaded.</summary>
    internal bool Contains(string key) => File.Exists(PathOf(key));

    /// <summary>Compiles an assembly to native code and keeps it.</summary>
    /// <exception cref="InvalidOperationException">The compiler is missing or failed.</exception>
    internal void Add(string key, ReadOnlySpan<byte> image, CancellationToken cancellation)
    {
        var scratch = Directory.CreateTempSubdirectory("tensorwasm-").FullName;
        try
        {
            // The file name must be the assembly's.
            var input = Path.Combine(scratch, "wasm.dll");
            var output = Path.Combine(_folder, $".{key}.{Guid.NewGuid():N}");
            File.WriteAllBytes(input, image.ToArray());
            try
            {
                AheadOfTimeCompiler.Compile(input, output, cancellation);
                Seal(output);
                File.Move(output, PathOf(key), overwrite: true);
            }
            finally
            {
                File.Delete(output);
            }
        }
        finally
        {
            Directory.Delete(scratch, recursive: true);
        }
    }

    private static byte[] ReadOrCreateKey(string path)
    {
        if (!File.Exists(path))
        {
            var fresh = path + "." + Guid.NewGuid().ToString("N");
            var options = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write };
            if (!OperatingSystem.IsWindows()) options.UnixCreateMode = OwnerOnly;
            using (var stream = new FileStream(fresh, options)) stream.Write(RandomNumberGenerator.GetBytes(32));
            try
            {
                File.Move(fresh, path, overwrite: false);
            }
            catch (IOException)
            {
                // Another process was first.
                File.Delete(fresh);
            }
        }
        return File.ReadAllBytes(path);
    }

    private string PathOf(string key) => Path.Combine(_folder, key + ".dll");

    private void Seal(string path)
    {
        using var stream = new FileStream(path, FileMode.Open, FileAccess.ReadWrite);
        var digest = HMACSHA256.HashData(_key, stream);
        stream.Write(digest);
        stream.Flush(flushToDisk: true);
    }

    private bool IsIntact(SafeFileHandle file)
    {
        var length = RandomAccess.GetLength(file) - HMACSHA256.HashSizeInBytes;
        if (length < 0) return false;
        using var hash = IncrementalHash.CreateHMAC(HashAlgorithmName.SHA256, _key);
        var buffer = ArrayPool<byte>.Shared.Rent(1 << 18);
        for (var offset = 0L; offset < length;)
        {
            var count = RandomAccess.Read(file, buffer.AsSpan(0, (int)Math.Min(buffer.Length, length - offset)), offset);
            if (count == 0) return false;
            hash.AppendData(buffer, 0, count);
            offset += count;
        }
        ArrayPool<byte>.Shared.Return(buffer);
        Span<byte> expected = stackalloc byte[HMACSHA256.HashSizeInBytes];
        RandomAccess.Read(file, expected, length);
        return CryptographicOperations.FixedTimeEquals(hash.GetHashAndReset(), expected);
    }
}
