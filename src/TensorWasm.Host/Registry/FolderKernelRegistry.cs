using System.Buffers;

namespace TensorWasm.Host;

/// <summary>The PTX files of one folder: a name stands for the file of that name with <c>.ptx</c> behind it.</summary>
/// <param name="folder">The folder.</param>
public sealed class FolderKernelRegistry(string folder) : IKernelRegistry
{
    /// <summary>Longest name: 128 characters.</summary>
    public const int MaxNameLength = 128;

    private static readonly SearchValues<char> NameCharacters =
        SearchValues.Create("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789._-@");

    private readonly string _folder = Path.GetFullPath(folder);

    /// <summary>Whether a name can be that of a registered module.</summary>
    /// <param name="name">The name.</param>
    /// <returns>
    /// Whether it has 1 to 128 of the characters <c>A-Z a-z 0-9 . _ - @</c> and does not begin with a dot.
    /// </returns>
    public static bool IsName(string name)
    {
        ArgumentNullException.ThrowIfNull(name);
        return name.Length is > 0 and <= MaxNameLength
            && name[0] != '.'
            && !name.AsSpan().ContainsAnyExcept(NameCharacters);
    }

    /// <inheritdoc/>
    public ReadOnlyMemory<byte>? Find(string name)
    {
        if (!IsName(name))
        {
            return null;
        }
        try
        {
            // A name has no separators, so it names nothing outside the folder.
            using var file = new FileStream(
                Path.Combine(_folder, name + ".ptx"), FileMode.Open, FileAccess.Read, FileShare.Read, bufferSize: 0);
            if (file.Length > GuestLimits.PtxBytes)
            {
                return null;
            }
            var ptx = GC.AllocateUninitializedArray<byte>((int)file.Length);
            file.ReadExactly(ptx);
            return ptx;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }
}
