namespace TensorWasm.Wasi;

/// <summary>
/// Opens what a guest's path names, beneath a directory. No part of the path may leave that directory: not
/// <c>..</c>, not a symbolic link, not a link of /proc, not a directory that someone moves away meanwhile. A path
/// is never checked first and used later; the walk itself is confined.
/// </summary>
internal abstract class PathResolver
{
    /// <summary>The best resolver that this host allows.</summary>
    public static PathResolver Default { get; } =
        KernelPathResolver.IsSupported ? new KernelPathResolver() : new WalkingPathResolver();

    /// <summary>
    /// Opens <paramref name="path"/> (NUL-terminated, relative) with flags of open(2). A last component that is a
    /// symbolic link is followed unless the flags hold O_NOFOLLOW.
    /// </summary>
    /// <returns>
    /// <see cref="Errno.NotCapable"/> where the path leaves <paramref name="directory"/>, else the host's error.
    /// </returns>
    public abstract Errno Open(int directory, ReadOnlySpan<byte> path, int flags, uint mode, out int descriptor);

    /// <summary>Opens the directory that holds the last component of <paramref name="path"/>.</summary>
    public Errno OpenParent(int directory, Span<byte> path, out ParentDirectory parent)
    {
        GuestPath.Split(path, out Span<byte> parentPath, out Span<byte> name);
        if (parentPath.IsEmpty)
        {
            parent = new ParentDirectory(directory, owned: false, name);
            return Errno.Success;
        }

        int flags = LinuxConstants.PathOnly | LinuxConstants.Directory;
        Errno error = Open(directory, parentPath, flags, 0, out int descriptor);
        parent = error == Errno.Success ? new ParentDirectory(descriptor, owned: true, name) : default;
        return error;
    }
}
