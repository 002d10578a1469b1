using TensorWasm.Engine;

namespace TensorWasm.Wasi;

/// <content>The fd_ and path_ functions.</content>
internal sealed partial class WasiImports
{
    private void AddDescriptors()
    {
        Define("fd_advise", (Caller c, uint fd, ulong offset, ulong length, uint advice) =>
            (int)Context(c).FdAdvise(fd, offset, length, advice));
        Define("fd_allocate", (Caller c, uint fd, ulong offset, ulong length) =>
            (int)Context(c).FdAllocate(fd, offset, length));
        Define("fd_close", (Caller c, uint fd) => (int)Context(c).FdClose(fd));
        Define("fd_datasync", (Caller c, uint fd) => (int)Context(c).FdDatasync(fd));
        Define("fd_fdstat_get", (Caller c, uint fd, uint result) =>
            (int)Context(c).FdStatusGet(Memory(c), fd, result));
        Define("fd_fdstat_set_flags", (Caller c, uint fd, uint flags) => (int)Context(c).FdStatusSetFlags(fd, flags));
        Define("fd_fdstat_set_rights", (Caller c, uint fd, ulong rights, ulong inheriting) =>
            (int)Context(c).FdStatusSetRights(fd, rights, inheriting));
        Define("fd_filestat_get", (Caller c, uint fd, uint result) =>
            (int)Context(c).FdFileStatusGet(Memory(c), snapshot, fd, result));
        Define("fd_filestat_set_size", (Caller c, uint fd, ulong size) =>
            (int)Context(c).FdFileStatusSetSize(fd, size));
        Define("fd_filestat_set_times", (Caller c, uint fd, ulong access, ulong modification, uint flags) =>
            (int)Context(c).FdFileStatusSetTimes(fd, access, modification, flags));
        Define("fd_pread", (Caller c, uint fd, uint vectors, uint count, ulong offset, uint result) =>
            (int)Context(c).FdPread(Memory(c), fd, vectors, count, offset, result));
        Define("fd_prestat_get", (Caller c, uint fd, uint result) =>
            (int)Context(c).FdPrestatGet(Memory(c), fd, result));
        Define("fd_prestat_dir_name", (Caller c, uint fd, uint path, uint length) =>
            (int)Context(c).FdPrestatDirectoryName(Memory(c), fd, path, length));
        Define("fd_pwrite", (Caller c, uint fd, uint vectors, uint count, ulong offset, uint result) =>
            (int)Context(c).FdPwrite(Memory(c), fd, vectors, count, offset, result));
        Define("fd_read", (Caller c, uint fd, uint vectors, uint count, uint result) =>
            (int)Context(c).FdRead(Memory(c), fd, vectors, count, result, Interrupted(c)));
        Define("fd_readdir", (Caller c, uint fd, uint buffer, uint length, ulong cookie, uint result) =>
            (int)Context(c).FdReaddir(Memory(c), fd, buffer, length, cookie, result, Interrupted(c)));
        Define("fd_renumber", (Caller c, uint from, uint to) => (int)Context(c).FdRenumber(from, to));
        Define("fd_seek", (Caller c, uint fd, long offset, uint whence, uint result) =>
            (int)Context(c).FdSeek(Memory(c), snapshot, fd, offset, whence, result));
        Define("fd_sync", (Caller c, uint fd) => (int)Context(c).FdSync(fd));
        Define("fd_tell", (Caller c, uint fd, uint result) => (int)Context(c).FdTell(Memory(c), fd, result));
        Define("fd_write", (Caller c, uint fd, uint vectors, uint count, uint result) =>
            (int)Context(c).FdWrite(Memory(c), fd, vectors, count, result, Interrupted(c)));
    }

    private void AddPaths()
    {
        Define("path_create_directory", (Caller c, uint fd, uint path, uint length) =>
            (int)Context(c).PathCreateDirectory(Memory(c), fd, path, length));
        Define("path_filestat_get", (Caller c, uint fd, uint lookup, uint path, uint length, uint result) =>
            (int)Context(c).PathFileStatusGet(Memory(c), snapshot, fd, lookup, path, length, result));
        Define(
            "path_filestat_set_times",
            (Caller c, uint fd, uint lookup, uint path, uint length, ulong access, ulong modification, uint flags) =>
                (int)Context(c).PathFileStatusSetTimes(
                    Memory(c), fd, lookup, path, length, access, modification, flags));
        Define(
            "path_link",
            (Caller c, uint oldFd, uint lookup, uint oldPath, uint oldLength, uint newFd, uint newPath,
                uint newLength) =>
                (int)Context(c).PathLink(Memory(c), oldFd, lookup, oldPath, oldLength, newFd, newPath, newLength));
        Define(
            "path_open",
            (Caller c, uint fd, uint lookup, uint path, uint length, uint open, ulong rights, ulong inheriting,
                uint flags, uint result) =>
                (int)Context(c).PathOpen(Memory(c), fd, lookup, path, length, open, rights, inheriting, flags, result));
        Define("path_readlink", (Caller c, uint fd, uint path, uint length, uint buffer, uint size, uint result) =>
            (int)Context(c).PathReadlink(Memory(c), fd, path, length, buffer, size, result));
        Define("path_remove_directory", (Caller c, uint fd, uint path, uint length) =>
            (int)Context(c).PathRemoveDirectory(Memory(c), fd, path, length));
        Define(
            "path_rename",
            (Caller c, uint oldFd, uint oldPath, uint oldLength, uint newFd, uint newPath, uint newLength) =>
                (int)Context(c).PathRename(Memory(c), oldFd, oldPath, oldLength, newFd, newPath, newLength));
        Define("path_symlink", (Caller c, uint target, uint targetLength, uint fd, uint path, uint length) =>
            (int)Context(c).PathSymlink(Memory(c), target, targetLength, fd, path, length));
        Define("path_unlink_file", (Caller c, uint fd, uint path, uint length) =>
            (int)Context(c).PathUnlinkFile(Memory(c), fd, path, length));
    }
}
