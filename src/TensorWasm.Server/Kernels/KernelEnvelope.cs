using System.Globalization;
using System.Text;

namespace TensorWasm.Server;

/// <summary>The bytes that a publisher of a kernel signs.</summary>
public static class KernelEnvelope
{
    /// <summary>
    /// Texts in UTF-8, each followed by a NUL, which none of them may hold: the form's name, name, version, each
    /// architecture and its digest in ascending order, publisher, time.
    /// </summary>
    /// <param name="name">The kernel's name.</param>
    /// <param name="version">Its version.</param>
    /// <param name="digests">SHA-256 of the PTX in hexadecimal digits by architecture, such as sm_80.</param>
    /// <param name="publisher">Who signs.</param>
    /// <param name="unixMilliseconds">When.</param>
    public static byte[] Write(
        string name, string version, IEnumerable<KeyValuePair<string, string>> digests, string publisher,
        long unixMilliseconds)
    {
        ArgumentNullException.ThrowIfNull(digests);
        var text = new StringBuilder("tensorwasm-kernel-v1\0").Append(name).Append('\0').Append(version).Append('\0');
        foreach (var (architecture, digest) in digests.OrderBy(static pair => pair.Key, StringComparer.Ordinal))
        {
            text.Append(architecture).Append('\0').Append(digest).Append('\0');
        }
        text.Append(publisher).Append('\0');
        text.Append(unixMilliseconds.ToString(CultureInfo.InvariantCulture)).Append('\0');
        return Encoding.UTF8.GetBytes(text.ToString());
    }
}
