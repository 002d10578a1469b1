using System.Text.Unicode;

namespace TensorWasm.Wasi;

/// <summary>Paths as guests pass them: UTF-8, a pointer and a length, relative to a directory descriptor.</summary>
internal static class GuestPath
{
    /// <summary>Longest path in bytes: Linux's PATH_MAX without its NUL.</summary>
    public const int MaxLength = 4095;

    /// <summary>Bytes that a buffer for one path has, with the NUL that the host wants.</summary>
    public const int BufferSize = MaxLength + 1;

    /// <summary>
    /// Copies a path out of guest memory and ends it with a NUL, which <paramref name="path"/> includes.
    /// An absolute path names something outside every directory a guest holds.
    /// </summary>
    public static Errno Read(GuestMemory memory, uint address, uint length, Span<byte> buffer, out Span<byte> path)
    {
        path = default;
        if (!memory.Contains(address, length))
            return Errno.Fault;
        if (length == 0)
            return Errno.NoEnt;
        if (length > MaxLength)
            return Errno.NameTooLong;
        if (!memory.TryGetSpan(address, length, out Span<byte> source))
            return Errno.Fault;
        source.CopyTo(buffer);
        path = buffer[..((int)length + 1)];
        path[^1] = 0;
        ReadOnlySpan<byte> text = path[..^1];
        if (text.Contains((byte)0))
            return Errno.Inval;
        if (!Utf8.IsValid(text))
            return Errno.Ilseq;
        return text[0] == '/' ? Errno.NotCapable : Errno.Success;
    }

    /// <summary>
    /// Splits off the last component, with one trailing slash where the path has some: the host then insists on a
    /// directory. The slash before it becomes the parent's NUL; without one, <paramref name="parent"/> is empty.
    /// </summary>
    public static void Split(Span<byte> path, out Span<byte> parent, out Span<byte> name)
    {
        int end = path.Length - 1;
        int last = path[..end].LastIndexOfAnyExcept((byte)'/') + 1;
        int start = path[..last].LastIndexOf((byte)'/') + 1;
        if (last < end)
            path[last++] = (byte)'/';
        path[last] = 0;
        name = path[start..(last + 1)];
        parent = path[..start];
        if (start > 0)
            parent[^1] = 0;
    }
}
