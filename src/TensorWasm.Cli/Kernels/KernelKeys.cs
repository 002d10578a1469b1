using System.CommandLine;
using System.Security.Cryptography;

namespace TensorWasm.Cli;

/// <summary>Keys and signatures in files.</summary>
internal static class KernelKeys
{
    private const int HmacBytes = 32;

    internal static Option<string?> HmacFile(string purpose) => ApiVerb.Text(
        "--key-file", "file", $"{purpose} The file holds the server's kernels.hmac_key: 64 hexadecimal digits.");

    internal static byte[] Sign(byte[] key, byte[] envelope) => HMACSHA256.HashData(key, envelope);

    /// <exception cref="CliException">It can't be read, or is no key.</exception>
    internal static byte[] ReadHmac(string path)
    {
        var text = System.Text.Encoding.ASCII.GetString(ReadFile(path)).Trim();
        try
        {
            if (text.Length == 2 * HmacBytes) return Convert.FromHexString(text);
        }
        catch (FormatException)
        {
            // As a key of another length. The text is not shown: it may be a key all the same.
        }
        throw new CliException($"{path} does not hold 64 hexadecimal digits.");
    }

    /// <exception cref="CliException">It can't be read.</exception>
    internal static byte[] ReadFile(string path)
    {
        try
        {
            return File.ReadAllBytes(path);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new CliException(e.Message);
        }
    }
}
