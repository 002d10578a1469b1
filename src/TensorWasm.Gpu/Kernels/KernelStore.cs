using System.Security.Cryptography;
using System.Text;

namespace TensorWasm.Gpu;

/// <summary>
/// Assembled kernels on disk, a file an entry. A file that someone else could have written would run unfenced, so each
/// ends in a keyed digest of its name and content, whose key only the owner can read; entries are written under another
/// name and renamed. What is torn, foreign or renamed is deleted and assembled again.
/// </summary>
internal sealed class KernelStore
{
    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite;
    private const int KeyBytes = 32;

    private readonly string _folder;
    private readonly byte[] _key;

    /// <summary>Opens or makes a store.</summary>
    /// <exception cref="IOException">The folder can't be made, read or written.</exception>
    /// <exception cref="UnauthorizedAccessException">Other users can write to the folder.</exception>
    internal KernelStore(string folder)
    {
        _folder = folder;
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
                    $"the kernel cache {folder} can be written by other users; run: chmod go-w {folder}");
            }
        }
        _key = ReadOrCreateKey(Path.Combine(folder, "key"));
    }

    /// <summary>The name of an entry: a digest of everything that its content depends on.</summary>
    /// <param name="parts">Such as the fenced PTX, the architecture and the driver's version.</param>
    /// <returns>64 hexadecimal digits.</returns>
    internal static string NameOf(params ReadOnlySpan<string> parts)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (var part in parts)
        {
            var bytes = Encoding.UTF8.GetBytes(part);
            hash.AppendData(BitConverter.GetBytes(bytes.Length));
            hash.AppendData(bytes);
        }
        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }

    /// <summary>An entry's content; null when there is none that can be trusted.</summary>
    internal byte[]? TryRead(string name)
    {
        var path = Path.Combine(_folder, name);
        try
        {
            if (!File.Exists(path))
            {
                return null;
            }
            var file = File.ReadAllBytes(path);
            var length = file.Length - HMACSHA256.HashSizeInBytes;
            if (length >= 0
                && CryptographicOperations.FixedTimeEquals(Digest(name, file.AsSpan(0, length)), file.AsSpan(length)))
            {
                return file[..length];
            }
            File.Delete(path);
            return null;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // It only ever saves work.
            return null;
        }
    }

    /// <summary>Keeps an entry, if the disk lets it.</summary>
    internal void TryWrite(string name, ReadOnlySpan<byte> content)
    {
        var temporary = Path.Combine(_folder, $".{name}.{Guid.NewGuid():N}");
        try
        {
            using (var stream = Create(temporary))
            {
                stream.Write(content);
                stream.Write(Digest(name, content));
                stream.Flush(flushToDisk: true);
            }
            File.Move(temporary, Path.Combine(_folder, name), overwrite: true);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            TryDelete(temporary);
        }
    }

    private static byte[] ReadOrCreateKey(string path)
    {
        if (!File.Exists(path))
        {
            var fresh = $"{path}.{Guid.NewGuid():N}";
            using (var stream = Create(fresh))
            {
                stream.Write(RandomNumberGenerator.GetBytes(KeyBytes));
                stream.Flush(flushToDisk: true);
            }
            try
            {
                File.Move(fresh, path, overwrite: false);
            }
            catch (IOException) when (File.Exists(path))
            {
                // Another process was first.
                TryDelete(fresh);
            }
        }
        var key = File.ReadAllBytes(path);
        return key.Length == KeyBytes
            ? key
            : throw new IOException($"the kernel cache's key {path} is damaged; delete the folder");
    }

    private static FileStream Create(string path)
    {
        var options = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write };
        if (!OperatingSystem.IsWindows())
        {
            options.UnixCreateMode = OwnerOnly;
        }
        return new FileStream(path, options);
    }

    private static void TryDelete(string path)
    {
        try
        {
            File.Delete(path);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // A stray temporary file does no harm.
        }
    }

    private byte[] Digest(string name, ReadOnlySpan<byte> content)
    {
        using var hash = IncrementalHash.CreateHMAC(HashAlgorithmName.SHA256, _key);
        hash.AppendData(Encoding.UTF8.GetBytes(name));
        hash.AppendData(content);
        return hash.GetHashAndReset();
    }
}
