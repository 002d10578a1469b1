using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

[assembly: DisableRuntimeMarshalling]

namespace TensorWasm.Wasi;

/// <summary>
/// Every native function that this project calls, with its own name and C signature. All are async-signal-safe
/// system calls that take descriptors by number; <see cref="Posix"/> is their only caller.
/// </summary>
internal static unsafe partial class Libc
{
    private const string Name = "libc";

    [LibraryImport(Name, SetLastError = true)]
    public static partial nint syscall(nint number, nint a, nint b, nint c, nint d, nint e, nint f);

    [LibraryImport(Name, SetLastError = true)]
    public static partial int openat(int directory, byte* path, int flags, uint mode);

    [LibraryImport(Name, SetLastError = true)]
    public static partial int close(int descriptor);

    [LibraryImport(Name, SetLastError = true)]
    public static partial nint readv(int descriptor, IoVector* vectors, int count);

    [LibraryImport(Name, SetLastError = true)]
    public static partial nint writev(int descriptor, IoVector* vectors, int count);

    [LibraryImport(Name, SetLastError = true)]
    public static partial nint preadv(int descriptor, IoVector* vectors, int count, long offset);

    [LibraryImport(Name, SetLastError = true)]
    public static partial nint pwritev(int descriptor, IoVector* vectors, int count, long offset);

    [LibraryImport(Name, SetLastError = true)]
    public static partial long lseek(int descriptor, long offset, int whence);

    [LibraryImport(Name, SetLastError = true)]
    public static partial int ftruncate(int descriptor, long length);

    [LibraryImport(Name, SetLastError = true)]
    public static partial int fallocate(int descriptor, int mode, long offset, long length);

    [LibraryImport(Name)]
    public static partial int posix_fadvise(int descriptor, long offset, long length, int advice);

    [LibraryImport(Name, SetLastError = true)]
    public static partial int fsync(int descriptor);

    [LibraryImport(Name, SetLastError = true)]
    public static partial int fdatasync(int descriptor);

    [LibraryImport(Name, SetLastError = true)]
    public static partial int mkdirat(int directory, byte* path, uint mode);

    [LibraryImport(Name, SetLastError = true)]
    public static partial int unlinkat(int directory, byte* path, int flags);

    [LibraryImport(Name, SetLastError = true)]
    public static partial int linkat(int oldDirectory, byte* oldPath, int newDirectory, byte* newPath, int flags);

    [LibraryImport(Name, SetLastError = true)]
    public static partial int symlinkat(byte* target, int directory, byte* path);

    [LibraryImport(Name, SetLastError = true)]
    public static partial int renameat(int oldDirectory, byte* oldPath, int newDirectory, byte* newPath);

    [LibraryImport(Name, SetLastError = true)]
    public static partial nint readlinkat(int directory, byte* path, byte* buffer, nuint size);

    [LibraryImport(Name, SetLastError = true)]
    public static partial int utimensat(int directory, byte* path, TimeSpec* times, int flags);

    [LibraryImport(Name, SetLastError = true)]
    public static partial int futimens(int descriptor, TimeSpec* times);

    [LibraryImport(Name, SetLastError = true)]
    public static partial int statx(int directory, byte* path, int flags, uint mask, StatusX* status);

    [LibraryImport(Name, SetLastError = true)]
    public static partial int ppoll(PollDescriptor* descriptors, nuint count, TimeSpec* timeout, void* signals);

    [LibraryImport(Name, SetLastError = true)]
    public static partial int eventfd(uint initial, int flags);

    [LibraryImport(Name, SetLastError = true)]
    public static partial nint read(int descriptor, void* buffer, nuint count);

    [LibraryImport(Name, SetLastError = true)]
    public static partial nint write(int descriptor, void* buffer, nuint count);

    [LibraryImport(Name, SetLastError = true)]
    public static partial int ioctl(int descriptor, nuint request, void* argument);

    [LibraryImport(Name, SetLastError = true)]
    public static partial int isatty(int descriptor);

    [LibraryImport(Name, SetLastError = true)]
    public static partial int fcntl(int descriptor, int command, int argument);

    [LibraryImport(Name, SetLastError = true)]
    public static partial nint recvmsg(int descriptor, MessageHeader* message, int flags);

    [LibraryImport(Name, SetLastError = true)]
    public static partial nint sendmsg(int descriptor, MessageHeader* message, int flags);

    [LibraryImport(Name, SetLastError = true)]
    public static partial int accept4(int descriptor, void* address, uint* length, int flags);

    [LibraryImport(Name, SetLastError = true)]
    public static partial int shutdown(int descriptor, int how);

    [LibraryImport(Name, SetLastError = true)]
    public static partial int getsockopt(int descriptor, int level, int name, void* value, uint* length);

    [LibraryImport(Name, SetLastError = true)]
    public static partial int clock_gettime(int clock, TimeSpec* time);

    [LibraryImport(Name, SetLastError = true)]
    public static partial int clock_getres(int clock, TimeSpec* resolution);
}
