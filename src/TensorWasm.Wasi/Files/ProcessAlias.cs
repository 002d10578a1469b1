using System.Buffers.Text;

namespace TensorWasm.Wasi;

/// <summary>
/// The name that procfs gives to one of this process's open files, for the calls that take no descriptor. It leads
/// to that very file, so there is nothing to race with.
/// </summary>
internal static class ProcessAlias
{
    /// <summary>Bytes enough for any descriptor.</summary>
    public const int MaxLength = 32;

    /// <summary>Writes the name with a NUL.</summary>
    public static ReadOnlySpan<byte> Write(int descriptor, Span<byte> buffer)
    {
        ReadOnlySpan<byte> prefix = "/proc/self/fd/"u8;
        prefix.CopyTo(buffer);
        Utf8Formatter.TryFormat(descriptor, buffer[prefix.Length..], out int digits);
        buffer[prefix.Length + digits] = 0;
        return buffer[..(prefix.Length + digits + 1)];
    }
}
