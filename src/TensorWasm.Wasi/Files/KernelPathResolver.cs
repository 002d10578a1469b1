namespace TensorWasm.Wasi;

/// <summary>Leaves the confinement to the kernel: openat2(2) with RESOLVE_BENEATH, Linux 5.6 and later.</summary>
internal sealed class KernelPathResolver : PathResolver
{
    // The kernel gives up with EAGAIN when a rename anywhere on the host races with a "..". A guest with a friend
    // that renames without end gets EAGAIN in the end, not an endless loop.
    private const int MaxAttempts = 64;

    private const int AllowedWithPathOnly = LinuxConstants.PathOnly | LinuxConstants.CloseOnExec;

    /// <summary>Whether the kernel, and a filter in front of it, lets this process call openat2.</summary>
    public static bool IsSupported { get; } = Probe();

    public override Errno Open(int directory, ReadOnlySpan<byte> path, int flags, uint mode, out int descriptor)
    {
        flags |= LinuxConstants.CloseOnExec;
        if ((flags & LinuxConstants.PathOnly) != 0)
            flags &= AllowedWithPathOnly | LinuxConstants.Directory | LinuxConstants.NoFollow;
        OpenHow how = new()
        {
            Flags = (ulong)flags,
            Mode = (flags & LinuxConstants.Create) != 0 ? mode : 0,
            Resolve = LinuxConstants.ResolveBeneath | LinuxConstants.ResolveNoMagicLinks,
        };
        for (int attempt = 1; ; attempt++)
        {
            descriptor = Posix.OpenAt2(directory, path, how);
            if (descriptor >= 0)
                return Errno.Success;
            if (descriptor == -HostErrno.Xdev)
                return Errno.NotCapable;
            if (descriptor != -HostErrno.Again || attempt == MaxAttempts)
                return HostErrno.Translate(-descriptor);
        }
    }

    private static bool Probe()
    {
        if (!OperatingSystem.IsLinux())
            return false;
        int descriptor = Posix.OpenAt2(
            LinuxConstants.AtFdCwd, ".\0"u8,
            new OpenHow
            {
                Flags = LinuxConstants.PathOnly | LinuxConstants.CloseOnExec,
                Resolve = LinuxConstants.ResolveBeneath,
            });
        if (descriptor < 0)
            return false;
        Posix.Close(descriptor);
        return true;
    }
}
