using System.Runtime.CompilerServices;

namespace TensorWasm.Wasi;

/// <content>The path_ functions but path_open.</content>
public sealed partial class WasiContext
{
    [SkipLocalsInit]
    internal Errno PathCreateDirectory(GuestMemory memory, uint fd, uint path, uint length)
    {
        Span<byte> buffer = stackalloc byte[GuestPath.BufferSize];
        Errno error = FindDirectory(fd, Rights.PathCreateDirectory, out DirectoryDescriptor directory);
        if (error != Errno.Success ||
            Fails(GuestPath.Read(memory, path, length, buffer, out Span<byte> text), out error))
        {
            return error;
        }

        using HandleLease lease = new(directory.Handle);
        if (Fails(_resolver.OpenParent(lease.Number, text, out ParentDirectory parent), out error))
            return error;
        using (parent)
            return Posix.MakeDirectory(parent.Number, parent.Name);
    }

    [SkipLocalsInit]
    internal Errno PathRemoveDirectory(GuestMemory memory, uint fd, uint path, uint length) =>
        PathRemove(memory, fd, path, length, Rights.PathRemoveDirectory, removeDirectory: true);

    [SkipLocalsInit]
    internal Errno PathUnlinkFile(GuestMemory memory, uint fd, uint path, uint length) =>
        PathRemove(memory, fd, path, length, Rights.PathUnlinkFile, removeDirectory: false);

    [SkipLocalsInit]
    internal Errno PathFileStatusGet(
        GuestMemory memory, Snapshot snapshot, uint fd, uint lookup, uint path, uint length, uint result)
    {
        Span<byte> buffer = stackalloc byte[GuestPath.BufferSize];
        Errno error = FindDirectory(fd, Rights.PathFilestatGet, out DirectoryDescriptor directory);
        if (error != Errno.Success ||
            Fails(GuestPath.Read(memory, path, length, buffer, out Span<byte> text), out error))
        {
            return error;
        }

        if (Fails(OpenTarget(directory, text, lookup, out int target), out error))
            return error;
        error = Posix.GetStatus(target, out FileStatus status);
        Posix.Close(target);
        return error != Errno.Success ? error : WriteStatus(memory, snapshot, status, result);
    }

    [SkipLocalsInit]
    internal Errno PathFileStatusSetTimes(
        GuestMemory memory, uint fd, uint lookup, uint path, uint length, ulong access, ulong modification, uint flags)
    {
        Span<byte> buffer = stackalloc byte[GuestPath.BufferSize];
        Errno error = FindDirectory(fd, Rights.PathFilestatSetTimes, out DirectoryDescriptor directory);
        if (error != Errno.Success ||
            Fails(GuestPath.Read(memory, path, length, buffer, out Span<byte> text), out error))
        {
            return error;
        }

        if (Fails(GetTimes(access, modification, flags, out TimeSpec first, out TimeSpec second), out error) ||
            Fails(OpenTarget(directory, text, lookup, out int target), out error))
        {
            return error;
        }

        error = Posix.SetTimes(target, "\0"u8, first, second, LinuxConstants.AtEmptyPath);
        if (error == Errno.Inval)
        {
            // Linux before 5.8 wants a path; this one names the open file, no other.
            Span<byte> alias = stackalloc byte[ProcessAlias.MaxLength];
            error = Posix.SetTimes(LinuxConstants.AtFdCwd, ProcessAlias.Write(target, alias), first, second, 0);
        }

        Posix.Close(target);
        return error;
    }

    [SkipLocalsInit]
    internal Errno PathReadlink(
        GuestMemory memory, uint fd, uint path, uint length, uint target, uint targetLength, uint result)
    {
        Span<byte> buffer = stackalloc byte[GuestPath.BufferSize];
        Errno error = FindDirectory(fd, Rights.PathReadlink, out DirectoryDescriptor directory);
        if (error != Errno.Success ||
            Fails(GuestPath.Read(memory, path, length, buffer, out Span<byte> text), out error))
        {
            return error;
        }

        if (!memory.Contains(target, targetLength) || !memory.Contains(result, sizeof(uint)) ||
            !memory.TryGetSpan(target, Math.Min(targetLength, int.MaxValue), out Span<byte> link))
        {
            return Errno.Fault;
        }

        using HandleLease lease = new(directory.Handle);
        if (Fails(_resolver.OpenParent(lease.Number, text, out ParentDirectory parent), out error))
            return error;
        using (parent)
        {
            if (parent.IsIndirect)
                return WhatDirectoryAnswers(parent, Errno.Inval);

            // The host refuses an empty buffer; the specification cuts the text to what fits.
            Span<byte> one = stackalloc byte[1];
            error = Posix.ReadLink(parent.Number, parent.Name, link.IsEmpty ? one : link, out int used);
            if (error == Errno.Success)
                memory.TryWriteUInt32(result, link.IsEmpty ? 0 : (uint)used);
            return error;
        }
    }

    [SkipLocalsInit]
    internal Errno PathSymlink(
        GuestMemory memory, uint target, uint targetLength, uint fd, uint path, uint length)
    {
        Span<byte> targetBuffer = stackalloc byte[GuestPath.BufferSize];
        Span<byte> buffer = stackalloc byte[GuestPath.BufferSize];
        Errno error = FindDirectory(fd, Rights.PathSymlink, out DirectoryDescriptor directory);

        // A target that is an absolute path could mislead only programs of the host.
        if (error != Errno.Success ||
            Fails(GuestPath.Read(memory, target, targetLength, targetBuffer, out Span<byte> targetText), out error) ||
            Fails(GuestPath.Read(memory, path, length, buffer, out Span<byte> text), out error))
        {
            return error;
        }

        using HandleLease lease = new(directory.Handle);
        if (Fails(_resolver.OpenParent(lease.Number, text, out ParentDirectory parent), out error))
            return error;
        using (parent)
            return Posix.SymbolicLink(targetText, parent.Number, parent.Name);
    }

    [SkipLocalsInit]
    internal Errno PathLink(
        GuestMemory memory, uint oldFd, uint lookup, uint oldPath, uint oldLength, uint newFd, uint newPath,
        uint newLength)
    {
        Span<byte> oldBuffer = stackalloc byte[GuestPath.BufferSize];
        Span<byte> newBuffer = stackalloc byte[GuestPath.BufferSize];
        Errno error = FindDirectory(oldFd, Rights.PathLinkSource, out DirectoryDescriptor oldDirectory);
        if (error != Errno.Success ||
            Fails(FindDirectory(newFd, Rights.PathLinkTarget, out DirectoryDescriptor newDirectory), out error) ||
            Fails(GuestPath.Read(memory, oldPath, oldLength, oldBuffer, out Span<byte> oldText), out error) ||
            Fails(GuestPath.Read(memory, newPath, newLength, newBuffer, out Span<byte> newText), out error))
        {
            return error;
        }

        if ((lookup & ~(uint)LookupFlags.SymlinkFollow) != 0)
            return Errno.Inval;
        using HandleLease newLease = new(newDirectory.Handle);
        if (Fails(_resolver.OpenParent(newLease.Number, newText, out ParentDirectory newParent), out error))
            return error;
        using (newParent)
        {
            return lookup != 0
                ? LinkFollowing(oldDirectory, oldText, newParent)
                : LinkDirectly(oldDirectory, oldText, newParent);
        }
    }

    [SkipLocalsInit]
    internal Errno PathRename(
        GuestMemory memory, uint oldFd, uint oldPath, uint oldLength, uint newFd, uint newPath, uint newLength)
    {
        Span<byte> oldBuffer = stackalloc byte[GuestPath.BufferSize];
        Span<byte> newBuffer = stackalloc byte[GuestPath.BufferSize];
        Errno error = FindDirectory(oldFd, Rights.PathRenameSource, out DirectoryDescriptor oldDirectory);
        if (error != Errno.Success ||
            Fails(FindDirectory(newFd, Rights.PathRenameTarget, out DirectoryDescriptor newDirectory), out error) ||
            Fails(GuestPath.Read(memory, oldPath, oldLength, oldBuffer, out Span<byte> oldText), out error) ||
            Fails(GuestPath.Read(memory, newPath, newLength, newBuffer, out Span<byte> newText), out error))
        {
            return error;
        }

        using HandleLease oldLease = new(oldDirectory.Handle);
        using HandleLease newLease = new(newDirectory.Handle);
        if (Fails(_resolver.OpenParent(oldLease.Number, oldText, out ParentDirectory oldParent), out error))
            return error;
        using (oldParent)
        {
            if (Fails(_resolver.OpenParent(newLease.Number, newText, out ParentDirectory newParent), out error))
                return error;
            using (newParent)
                return Posix.Rename(oldParent.Number, oldParent.Name, newParent.Number, newParent.Name);
        }
    }

    private static bool Fails(Errno result, out Errno error)
    {
        error = result;
        return result != Errno.Success;
    }

    [SkipLocalsInit]
    private Errno PathRemove(
        GuestMemory memory, uint fd, uint path, uint length, Rights needed, bool removeDirectory)
    {
        Span<byte> buffer = stackalloc byte[GuestPath.BufferSize];
        Errno error = FindDirectory(fd, needed, out DirectoryDescriptor directory);
        if (error != Errno.Success ||
            Fails(GuestPath.Read(memory, path, length, buffer, out Span<byte> text), out error))
        {
            return error;
        }

        using HandleLease lease = new(directory.Handle);
        if (Fails(_resolver.OpenParent(lease.Number, text, out ParentDirectory parent), out error))
            return error;
        using (parent)
            return Posix.Unlink(parent.Number, parent.Name, removeDirectory);
    }

    /// <summary>Opens what a path names for its attributes alone (O_PATH), links included.</summary>
    private Errno OpenTarget(DirectoryDescriptor directory, ReadOnlySpan<byte> path, uint lookup, out int target)
    {
        target = -1;
        if ((lookup & ~(uint)LookupFlags.SymlinkFollow) != 0)
            return Errno.Inval;
        using HandleLease lease = new(directory.Handle);
        int flags = LinuxConstants.PathOnly | (lookup == 0 ? LinuxConstants.NoFollow : 0);
        return _resolver.Open(lease.Number, path, flags, 0, out target);
    }

    /// <summary>Links a name as it is; a symbolic link gets a second name itself.</summary>
    private Errno LinkDirectly(DirectoryDescriptor oldDirectory, Span<byte> oldPath, in ParentDirectory newParent)
    {
        using HandleLease lease = new(oldDirectory.Handle);
        if (Fails(_resolver.OpenParent(lease.Number, oldPath, out ParentDirectory oldParent), out Errno error))
            return error;
        using (oldParent)
        {
            // The host would look a name that ends in a slash up, through a link and wherever it leads.
            return oldParent.IsIndirect
                ? WhatDirectoryAnswers(oldParent, Errno.Perm)
                : Posix.Link(oldParent.Number, oldParent.Name, newParent.Number, newParent.Name, 0);
        }
    }

    /// <summary>Links what a symbolic link leads to: opened beneath the directory, then linked as that file.</summary>
    private Errno LinkFollowing(
        DirectoryDescriptor oldDirectory, ReadOnlySpan<byte> oldPath, in ParentDirectory newParent)
    {
        if (Fails(OpenTarget(oldDirectory, oldPath, (uint)LookupFlags.SymlinkFollow, out int target), out Errno error))
            return error;
        Span<byte> alias = stackalloc byte[ProcessAlias.MaxLength];
        error = Posix.Link(
            LinuxConstants.AtFdCwd, ProcessAlias.Write(target, alias), newParent.Number, newParent.Name,
            LinuxConstants.AtSymlinkFollow);
        Posix.Close(target);
        return error;
    }

    /// <summary>
    /// The outcome for a name with a trailing slash, or a dot, in a call that no directory supports: the error of
    /// looking it up, else <paramref name="answer"/>.
    /// </summary>
    private Errno WhatDirectoryAnswers(in ParentDirectory parent, Errno answer)
    {
        if (parent.Name[^2] != '/')
            return answer;
        Errno error = _resolver.Open(
            parent.Number, parent.Name, LinuxConstants.PathOnly | LinuxConstants.Directory, 0, out int target);
        if (error != Errno.Success)
            return error;
        Posix.Close(target);
        return answer;
    }
}
