using System.Security.Cryptography;
using System.Text;

namespace TensorWasm.Server;

/// <summary>
/// The deployment's one secret, 32 bytes, from which the keys of its parts are derived. All replicas of a fleet need
/// the same. Whoever reads the store without it can neither use nor forge a token or an audit record.
/// </summary>
public sealed class ServerKey
{
    private const int Bytes = 32;

    private readonly byte[] _key;

    private ServerKey(byte[] key) => _key = key;

    /// <summary>Reads a key of 64 hexadecimal digits.</summary>
    /// <exception cref="FormatException">It is not that.</exception>
    public static ServerKey Parse(string text)
    {
        if (text.Length != 2 * Bytes) throw new FormatException("the server key is not 64 hexadecimal digits");
        return new(Convert.FromHexString(text));
    }

    /// <summary>Reads the key file of a data folder, and makes it first, readable by its owner only, if it is not there.
    /// </summary>
    /// <exception cref="FormatException">The file holds something else, or others than its owner may read it.</exception>
    /// <exception cref="IOException">It can't be read or made.</exception>
    public static ServerKey Open(string folder)
    {
        var path = Path.Combine(folder, "server.key");
        if (!File.Exists(path)) Create(folder, path);
        return OpenExisting(folder);
    }

    /// <summary>Reads the key file of a data folder.</summary>
    /// <exception cref="FormatException">The file holds something else, or others than its owner may read it.</exception>
    /// <exception cref="IOException">It can't be read, or is not there.</exception>
    public static ServerKey OpenExisting(string folder)
    {
        var path = Path.Combine(folder, "server.key");
        if (!OperatingSystem.IsWindows())
        {
            const UnixFileMode others = UnixFileMode.GroupRead | UnixFileMode.GroupWrite
                | UnixFileMode.OtherRead | UnixFileMode.OtherWrite;
            if (File.Exists(path) && (File.GetUnixFileMode(path) & others) != 0)
            {
                throw new FormatException($"{path} must be readable by its owner only: chmod 600 {path}");
            }
        }
        if (!File.Exists(path)) throw new IOException($"there is no file {path}: a server's data folder has it");
        try
        {
            return Parse(File.ReadAllText(path).Trim());
        }
        catch (FormatException)
        {
            throw new FormatException($"{path} does not hold 64 hexadecimal digits");
        }
    }

    /// <summary>A key for one purpose; the purposes' keys tell nothing about each other.</summary>
    internal byte[] Derive(string purpose) =>
        HKDF.Expand(HashAlgorithmName.SHA256, _key, Bytes, Encoding.UTF8.GetBytes($"tensorwasm/{purpose}"));

    private static void Create(string folder, string path)
    {
        Directory.CreateDirectory(folder);
        var text = Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(Bytes));
        var temporary = $"{path}.{Guid.NewGuid():N}";
        var options = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write };
        if (!OperatingSystem.IsWindows()) options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        using (var file = new FileStream(temporary, options))
        {
            file.Write(Encoding.ASCII.GetBytes(text));
            file.Flush(flushToDisk: true);
        }
        try
        {
            // Two processes may start at once; the first one's key stays.
            File.Move(temporary, path, overwrite: false);
        }
        catch (IOException) when (File.Exists(path))
        {
            File.Delete(temporary);
        }
    }
}
